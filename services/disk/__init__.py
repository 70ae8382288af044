"""Local files, safe file names, and atomic writes."""
