"""The transfers panel: uploads, downloads and deletes."""
