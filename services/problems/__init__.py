"""What can go wrong, and every sentence of an error."""
