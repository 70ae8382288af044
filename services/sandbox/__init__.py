"""A built-in Files API server, for trying things out."""
