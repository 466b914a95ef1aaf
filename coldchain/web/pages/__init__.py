"""One file a page: what it asks of the record, and which template shows it."""
