"""What the window tells in passing: problems, news, notices of the desktop."""
