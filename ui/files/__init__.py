"""The list of the account's files: order, filter, table, sidebar, search."""
