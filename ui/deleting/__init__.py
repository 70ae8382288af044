"""Deleting: the confirmation, the undo countdown, and the results."""
