"""Several waits that share one deadline."""

import time


def seconds_until(deadline: float) -> float:
    """What is left until `deadline`, of `time.monotonic`; 0 once it has passed."""
    return max(0.0, deadline - time.monotonic())
