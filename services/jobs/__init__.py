"""The batches, fine-tuning jobs and vector stores of an open account."""
