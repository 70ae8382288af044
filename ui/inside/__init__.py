"""“Look inside”: the whole of one file in the middle of the window."""
