"""The table of files: its rows, cells, columns and head."""
