"""Walks through the real program on the screen, as a user would."""
