"""Reports for bugs."""
