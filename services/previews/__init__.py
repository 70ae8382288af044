"""Looks inside files: their lines, results and sums, without a window. No Qt, no network."""
