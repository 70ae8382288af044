"""Lists of batches, fine-tuning jobs and vector stores in the middle of the window."""
