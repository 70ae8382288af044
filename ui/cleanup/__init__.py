"""Cleaning up: rules, the plan that is worked out from them, and its confirmation."""
