"""The messages of one line, for every endpoint and kind of example."""
