"""Look inside: a page that shows the whole of a file."""
