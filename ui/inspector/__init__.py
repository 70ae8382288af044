"""What is known about the selected files."""
