"""Reads the structure of image files in pieces, just enough to know whether they are complete."""
