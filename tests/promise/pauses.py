"""Pauses between attempts that take no time: the clock of a course is not the machine's."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

from services.api import retry
from services.transfers import attempts, delete_job


@contextlib.contextmanager
def no_pauses() -> Iterator[None]:
    """Have attempts follow each other at once, where the server does not say otherwise."""
    quick = replace(retry.FOR_TRANSFERS, longest_pause=0.0005)
    with (
        patch.object(retry, "_FIRST_PAUSE", 0.00002),
        patch.object(attempts, "FOR_TRANSFERS", quick),
        patch.object(delete_job, "FOR_TRANSFERS", quick),
    ):
        yield
