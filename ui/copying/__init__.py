"""Copying files from one account to another."""
