"""What the window shows of batches, and what can be done with them."""
