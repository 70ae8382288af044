"""Accounts, their keys, and the settings."""
