"""What the window shows of vector stores and their files, and what can be done with them."""
