"""The engine of the list: order, filter, query, sums and differences by ID, without Qt."""
