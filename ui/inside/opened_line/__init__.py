"""One line, as a conversation, a tree and as it is."""
