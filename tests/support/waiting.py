"""Waiting for what can be observed from outside, with a deadline."""

import time
from collections.abc import Callable, Sized
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")


class NotObserved(AssertionError):
    """It did not come about in time."""


class NotNow(LookupError):
    """Asked at a moment at which there is no answer."""


def wait_for(question: Callable[[], _T | None], what: str, seconds: float = 30) -> _T:
    """The first answer that is neither None, False nor empty; NotObserved with `what` otherwise.

    A question that raises NotNow is asked again.
    """
    deadline = time.monotonic() + seconds
    while True:
        with suppress(NotNow):
            answer = question()
            if not (answer is None or answer is False or _is_empty(answer)):
                return answer
        if time.monotonic() > deadline:
            raise NotObserved(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)


def _is_empty(answer: object) -> bool:
    return isinstance(answer, Sized) and not len(answer)
