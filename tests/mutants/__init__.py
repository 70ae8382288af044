"""Mutation tests: plants small bugs in the code that keeps the promises."""
