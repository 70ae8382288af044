"""Walks through the real program on the screen, as a person would."""
