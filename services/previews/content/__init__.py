"""What a content is, and where it is on this disk."""
