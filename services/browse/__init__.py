"""The file list engine: ordering, filtering, queries, totals and diffs by ID, without Qt."""
