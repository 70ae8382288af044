"""The page of the account's files: what is listed, chosen, copied and exported."""
