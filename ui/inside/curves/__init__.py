"""The curves of fine-tuning jobs."""
