"""Checks of local files before they are uploaded."""
