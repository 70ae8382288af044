"""Helps several waits share one deadline."""

import time


def seconds_until(deadline: float) -> float:
    """Seconds until `deadline`, a time of `time.monotonic`; 0 if it has passed."""
    return max(0.0, deadline - time.monotonic())
