"""Made-up results of a fine-tuning job: the table that the service calls `step_metrics.csv`."""

import base64
import csv
import io
import math
import random

_COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
_VALIDATED_EVERY = 10
"""Steps between two validations."""


def wrapped_step_metrics(steps: int, *, has_validation: bool, seed: int) -> bytes:
    """The table of a job with so many steps, wrapped in base64 as the service sends it."""
    rng = random.Random(seed)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    start, floor = rng.uniform(1.4, 2.2), rng.uniform(0.25, 0.45)
    for step in range(1, steps + 1):
        loss = floor + start * math.exp(-5 * step / steps) + rng.uniform(-0.05, 0.05)
        accuracy = 1 - loss / 3
        is_validated = has_validation and (step % _VALIDATED_EVERY == 0 or step == steps)
        rows.writerow(
            (
                step,
                f"{loss:.5f}",
                f"{accuracy:.5f}",
                f"{loss * 1.08:.5f}" if is_validated else "",
                f"{accuracy * 0.97:.5f}" if is_validated else "",
            )
        )
    return base64.b64encode(text.getvalue().encode())
