"""Random plans and companies as plain values: what a document says and what has happened, without the product."""
