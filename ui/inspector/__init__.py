"""The inspector: details of the selected files."""
