"""How a command ends other than by success."""

import signal
from enum import IntEnum
from types import FrameType
from typing import NoReturn


class ExitCode(IntEnum):
    """What a command tells the shell."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    SOME_FAILED = 3
    TIMED_OUT = 124
    INTERRUPTED = 130
    """By Ctrl-C."""
    TERMINATED = 143

    @classmethod
    def of(cls, failed: int, count: int) -> "ExitCode":
        """The one to return if so many of `count` have failed."""
        if not failed:
            return cls.DONE
        return cls.FAILED if failed == count else cls.SOME_FAILED


class Failure(Exception):
    """Ends a command; the text says why, in a sentence for the person."""

    def __init__(self, words: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(words)
        self.code = code


class Terminated(BaseException):
    """SIGTERM was received."""


def end_on_sigterm() -> None:
    """Raise Terminated on the main thread when SIGTERM is received."""
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
