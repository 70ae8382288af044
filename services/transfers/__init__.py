"""Uploads, downloads and deletes as long work."""
