"""Removes the delays between attempts: scenarios don't run in real time."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

from services.api import retry
from services.transfers import attempts, delete_job


@contextlib.contextmanager
def no_retry_delays() -> Iterator[None]:
    """Retry at once, unless the server sends a retry time."""
    quick = replace(retry.FOR_TRANSFERS, longest_pause=0.0005)
    with (
        patch.object(retry, "_FIRST_PAUSE", 0.00002),
        patch.object(attempts, "FOR_TRANSFERS", quick),
        patch.object(delete_job, "FOR_TRANSFERS", quick),
    ):
        yield
