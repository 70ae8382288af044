"""The welcome page, the account dialog and the account menu."""
