"""How long there is left to wait."""

import time


def seconds_until(deadline: float) -> float:
    """Seconds until `deadline`, of `time.monotonic`; 0 when it is over."""
    return max(0.0, deadline - time.monotonic())
