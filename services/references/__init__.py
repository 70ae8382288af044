"""What needs a file: batches, fine-tuning jobs and vector stores, and what it costs to find out."""
