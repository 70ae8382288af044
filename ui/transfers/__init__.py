"""The panel that shows uploads, downloads and deletes under way."""
