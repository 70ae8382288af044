"""How a command ends other than by success."""

from enum import IntEnum


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


class Failure(Exception):
    """Ends a command; the text says why, in a sentence for the person."""

    def __init__(self, words: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(words)
        self.code = code
