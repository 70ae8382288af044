"""Runs other programs; an interruption never leaves one of them running unseen."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, BinaryIO

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOOKS_EVERY = 0.1
"""Seconds after which is shown what a command has printed since."""


def call(command: list[str], told: Callable[[str], None] | None = None, **options: Any) -> int:
    """Run a command to its end; when told to stop, let it clean up after itself first.

    With `told`, what the command prints is given to it line by line; otherwise it is shown.
    """
    if told is not None:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        options |= {"text": True, "errors": "replace"}

    def listen(processes: Sequence[subprocess.Popen[str]]) -> None:
        for process in processes:
            if told is not None and process.stdout is not None:
                for line in process.stdout:
                    told(line)

    return _run([(command, options)], listen)[0]


def call_together(commands: Mapping[str, list[str]], **options: Any) -> list[str]:
    """Run commands at once; give the names of those that failed.

    What they print never mixes: each has its turn, below its name, and is shown as it comes when
    those before it have ended. Told to stop, they clean up after themselves first, as in `call`.
    """
    with tempfile.TemporaryDirectory(prefix="filewharf-") as folder, ExitStack() as stack:
        kept = [Path(folder) / str(number) for number in range(len(commands))]
        outputs = [stack.enter_context(path.open("wb")) for path in kept]

        def show_in_turn(processes: Sequence[subprocess.Popen[bytes]]) -> None:
            for name, process, path in zip(commands, processes, kept, strict=True):
                print(f"--- {name}", flush=True)
                with path.open("rb") as printed:
                    _follow(process, printed)

        each = [
            (command, options | {"stdout": output, "stderr": subprocess.STDOUT})
            for command, output in zip(commands.values(), outputs, strict=True)
        ]
        codes = _run(each, show_in_turn)
    return [name for name, code in zip(commands, codes, strict=True) if code]


def _follow(process: subprocess.Popen[bytes], printed: BinaryIO) -> None:
    """Show what a process prints into a file, until it has ended."""
    over = False
    while not over:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOKS_EVERY)
            over = True
        sys.stdout.buffer.write(printed.read())
        sys.stdout.buffer.flush()


def _run(
    commands: Iterable[tuple[list[str], dict[str, Any]]],
    attend: Callable[[Sequence[subprocess.Popen[Any]]], None],
) -> list[int]:
    """Start commands, each with its options, and attend to them; give their exit codes."""
    processes: list[subprocess.Popen[Any]] = []
    before = _hold_signals()
    try:
        for command, options in commands:
            processes.append(subprocess.Popen(command, preexec_fn=_releasing(before), **options))
        _release_signals(before)  # one that came meanwhile is raised here: all processes are known
        attend(processes)
        return [process.wait() for process in processes]
    except KeyboardInterrupt:
        # The terminal has told the commands as well.
        for process in processes:
            process.wait()
        raise
    except BaseException:
        for process in processes:
            with suppress(PermissionError):  # sudo is not ours to end; it ends with the terminal
                process.terminate()
        for process in processes:
            process.wait()
        raise
    finally:
        _release_signals(before)
        for process in processes:
            if process.stdout is not None:
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
