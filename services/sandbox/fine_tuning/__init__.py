"""The sandbox's fine-tuning jobs."""
