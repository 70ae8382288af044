"""The person's preferences."""
