"""The inner order of image files, read piece by piece: enough to know whether one is whole."""
