"""Clean-up: which files go by which rules, and the plan that is shown, saved and carried out."""
