"""The search field and what it suggests."""
