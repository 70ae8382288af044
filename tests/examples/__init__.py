"""Small programs on the services, without a window."""
