"""Waits for a condition that can be observed from outside, with a deadline."""

import time
from collections.abc import Callable, Sized
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")


class NotObserved(AssertionError):
    """The condition wasn't met in time."""


class NotNow(LookupError):
    """There is no answer at the moment."""


def wait_for(question: Callable[[], _T | None], what: str, seconds: float = 30) -> _T:
    """Call `question` until its answer isn't None, False or empty, and return that answer.

    It is also called again if it raises NotNow. Raises NotObserved with `what` on timeout.
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
