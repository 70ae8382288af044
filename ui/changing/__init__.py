"""Changes name, purpose or expiry of a file: another one is uploaded and verified."""
