"""What the servers have, as last seen, and lists of it."""
