"""Cached listings, the upload history, and exported lists."""
