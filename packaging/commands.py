"""Runs other programs; an interruption never leaves one of them running unseen."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def call(command: list[str], told: Callable[[str], None] | None = None, **options: Any) -> int:
    """Run a command to its end; when told to stop, let it clean up after itself first.

    With `told`, what the command prints is given to it line by line; otherwise it is shown.
    """
    if told is not None:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        options |= {"text": True, "errors": "replace"}
    process = None
    before = _hold_signals()
    try:
        process = subprocess.Popen(command, preexec_fn=_releasing(before), **options)
        _release_signals(before)  # one that came meanwhile is raised here: the process is known
        if told is not None and process.stdout is not None:
            for line in process.stdout:
                told(line)
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has told the command as well.
        if process is not None:
            process.wait()
        raise
    except SystemExit:
        if process is not None:
            with suppress(PermissionError):  # sudo is not ours to end; it ends with the terminal
                process.terminate()
            process.wait()
        raise
    finally:
        _release_signals(before)
        if process is not None and process.stdout is not None:
            process.stdout.close()


def _hold_signals() -> set[signal.Signals] | None:
    """Let interruptions wait; give the state before, or None where this can't be done."""
    if not hasattr(signal, "pthread_sigmask"):
        return None
    return signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def _release_signals(before: set[signal.Signals] | None) -> None:
    if before is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _releasing(before: set[signal.Signals] | None) -> Callable[[], None] | None:
    """What the new process does first, as it inherits the state; None where there is none."""
    return None if before is None else lambda: _release_signals(before)
