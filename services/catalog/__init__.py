"""What the servers have, as last seen, what was uploaded from where, and lists of both."""
