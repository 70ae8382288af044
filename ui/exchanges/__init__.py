"""What was sent to the server and what it answered."""
