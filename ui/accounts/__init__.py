"""Connecting to a server: the welcome page and the account dialog."""
