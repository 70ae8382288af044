"""What the window shows of fine-tuning jobs, and what can be done with them."""
