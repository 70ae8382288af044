"""This release of the program: what it is made of, what is new in it, and whether it is the latest."""
