"""The error file cannot run as a program in a spreadsheet, and is known when it comes back."""

import csv
import io
from pathlib import Path

import pytest
from django.utils import translation

from liji.connectors.files.mapping import Reading
from liji.connectors.files.returned import harmless
from liji.connectors.files.returned import lines
from liji.connectors.files.returned import restored
from liji.connectors.files.tables import open_table
from liji.people.problems import Problem

CELLS = ["=HYPERLINK(1)", "+1", "-5", "@sum", "\tx", "\rx", "'quoted", "ordinary", "", 'a"b,c']


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_is_made_harmless_and_back(cell):
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert restored(harmless(cell)) == cell


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])  # as a spreadsheet in China saves it
def test_the_error_file_comes_back(tmp_path: Path, language, encoding):
    with translation.override(language):
        problem = Problem("amount", "negative", {"value": "-5"})
        text = "".join(lines(["编号", *"bcdefghij"], [(7, CELLS, [problem])]))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][-3] == "7"
    path = tmp_path / "errors.csv"
    path.write_bytes(text.encode() if encoding == "utf-8" else text.removeprefix("\ufeff").encode(encoding))
    with open_table(path, Reading(format="xlsx", header=False)) as table:  # whatever the first file was
        assert table.columns == ("编号", *"bcdefghij")
        assert table.returned
        assert [cells for _, cells in table.rows] == [CELLS]
