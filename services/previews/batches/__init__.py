"""The requests and results of a batch."""
