"""What is left to do with an output that nobody reads, or that is on a full disk."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from services.system.language import _


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Write all that the block prints before it is left, also if it ends the program.

    If that fails, say why and exit with 1. That nobody reads on is no failure.
    """
    try:
        yield
    except SystemExit:
        _write_all()
        raise
    _write_all()


def give_up(output: TextIO) -> None:
    """Discard what is still to be written, so that Python doesn't try to write it as it exits.

    It would fail again, and Python would then exit with a code of its own.
    """
    with contextlib.suppress(OSError):
        number = output.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


def _write_all() -> None:
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError as error:
        give_up(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            words = _("{reason}.").format(reason=error.strerror or error)
            sys.stderr.write(words + "\n")
            raise SystemExit(1) from error
