"""What is left to do with an output that nobody reads, or that is on a full disk."""

import contextlib
import os
from typing import TextIO


def give_up(output: TextIO) -> None:
    """Discard what is still to be written, so that Python doesn't try to write it as it exits.

    It would fail again, and Python would then exit with a code of its own.
    """
    with contextlib.suppress(OSError):
        number = output.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
