"""The command line: the same accounts, queue and checks as the window, without Qt."""
