"""A table of lines, with their columns and filters."""
