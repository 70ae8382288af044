"""Local files: what they are, free names, and files that become whole or go."""
