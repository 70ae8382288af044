"""The transfer queue: uploads, downloads and deletes."""
