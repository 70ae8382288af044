"""Starting the program while it is already running."""
