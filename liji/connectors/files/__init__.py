"""Files as an outside system: CSV, TSV and XLSX, read by a mapping document into facts, people and targets."""
