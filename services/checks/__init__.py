"""What can be known about local files before the first byte is sent."""
