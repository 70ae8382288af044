"""Everything that can go wrong, and the wording of every error message."""
