"""The file table: rows, cells, columns and header."""
