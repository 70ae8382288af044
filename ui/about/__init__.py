"""The About dialog."""
