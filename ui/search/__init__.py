"""The search field and its completions."""
