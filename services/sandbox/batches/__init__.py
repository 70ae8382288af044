"""The sandbox's batches."""
