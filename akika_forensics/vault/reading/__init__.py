"""Reading a snapshot as a table: a part at a time, and only the files that a question needs."""
