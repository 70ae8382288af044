"""Runs other programs; an interruption never leaves one of them running in the background."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, BinaryIO

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_POLL_SECONDS = 0.1
"""Seconds between two looks for new output."""


def call(command: list[str], on_line: Callable[[str], None] | None = None, **options: Any) -> int:
    """Run a command and return its exit code; when interrupted, let the command clean up first.

    Each line of output is passed to `on_line`; without it, the output is shown.
    """
    if on_line is not None:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        options |= {"text": True, "errors": "replace"}

    def pass_on_lines(processes: Sequence[subprocess.Popen[str]]) -> None:
        for process in processes:
            if on_line is not None and process.stdout is not None:
                for line in process.stdout:
                    on_line(line)

    return _run([(command, options)], pass_on_lines)[0]


def call_together(commands: Mapping[str, list[str]], **options: Any) -> list[str]:
    """Run commands at once; return the names of those that failed.

    Their output never mixes: it is shown one command after the other, under the command's name, and
    live for the first command that is still running. When interrupted, they clean up first, as in
    `call`.
    """
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="filewharf-"))
        # Not TemporaryDirectory: it imports while it is created, and an interruption could get lost.
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        paths = [folder / str(number) for number in range(len(commands))]
        outputs = [stack.enter_context(path.open("wb")) for path in paths]

        def show_in_turn(processes: Sequence[subprocess.Popen[bytes]]) -> None:
            for name, process, path in zip(commands, processes, paths, strict=True):
                print(f"--- {name}", flush=True)
                with path.open("rb") as printed:
                    _follow(process, printed)

        jobs = [
            (command, options | {"stdout": output, "stderr": subprocess.STDOUT})
            for command, output in zip(commands.values(), outputs, strict=True)
        ]
        codes = _run(jobs, show_in_turn)
    return [name for name, code in zip(commands, codes, strict=True) if code]


def _follow(process: subprocess.Popen[bytes], printed: BinaryIO) -> None:
    """Show what a process writes to a file until the process ends."""
    ended = False
    while not ended:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            ended = True
        sys.stdout.buffer.write(printed.read())
        sys.stdout.buffer.flush()


def _run(
    commands: Iterable[tuple[list[str], dict[str, Any]]],
    attend: Callable[[Sequence[subprocess.Popen[Any]]], None],
) -> list[int]:
    """Start commands, each with its options, call `attend`, and return the exit codes."""
    processes: list[subprocess.Popen[Any]] = []
    before = _block_signals()
    try:
        for command, options in commands:
            processes.append(subprocess.Popen(command, preexec_fn=_restoring(before), **options))
        _restore_signals(before)  # a pending one is raised here, with all processes known
        attend(processes)
        return [process.wait() for process in processes]
    except KeyboardInterrupt:
        # The terminal has interrupted the commands, too.
        for process in processes:
            process.wait()
        raise
    except BaseException:
        for process in processes:
            with suppress(PermissionError):  # sudo belongs to root; it ends with the terminal
                process.terminate()
        for process in processes:
            process.wait()
        raise
    finally:
        _restore_signals(before)
        for process in processes:
            if process.stdout is not None:
                process.stdout.close()


def _block_signals() -> set[signal.Signals] | None:
    """Block interruptions; return the previous mask, or None on systems without signal masks."""
    if not hasattr(signal, "pthread_sigmask"):
        return None
    return signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def _restore_signals(before: set[signal.Signals] | None) -> None:
    if before is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _restoring(before: set[signal.Signals] | None) -> Callable[[], None] | None:
    """Return what a new process, which inherits the mask, has to do first."""
    return None if before is None else lambda: _restore_signals(before)
