"""Drag and drop, paste, and the review of uploads."""
