"""Runs a module in a child process with limits, for what may hang, crash or need endless memory.

The child is a fresh Python without the window, and gets neither keys nor anything else from the
environment. It works through messages, which are bytes of any meaning:

    with ChildProcess("services.previews.some_module", memory_bytes=2**29, cpu_seconds=5) as child:
        child.send(request)
        answer = child.receive(seconds=10)

The module has a function `serve(parent: ParentPipe)`, which calls `parent.receive` and
`parent.send` until `receive` returns None; see `child_main`.

The child is started as `python -c …`, as `multiprocessing` does with its spawn method. In a frozen
program, `sys.executable` is no Python but the program itself: there, the first argument is `CHILD`,
for which `main.py` calls `child_main.main` before anything else.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from services.system.child_main import CHILD, read_message, write_message
from services.system.frozen import is_frozen

_ROOT = Path(__file__).resolve().parents[2]
"""The folder that has `services`; the child imports from there."""
_START = "import sys; from services.system.child_main import main; main(sys.argv[1:])"
_PASSED_ON = (
    "SYSTEMROOT",  # without it, no program starts on Windows
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "TMPDIR",
    "TEMP",
)
_MOST_WAITING = 4
"""How many messages are read ahead; the child has to wait before it can send more."""
_SECONDS_TO_END = 1.0
"""How long a child may take to exit after it has closed its pipe."""


class ChildEnded(Exception):
    """The child has crashed, was ended by a limit, or was closed."""

    def __init__(self, *, timed_out: bool) -> None:
        super().__init__()
        self.timed_out = timed_out
        """Whether it was ended because a message took too long."""


class ChildProcess:
    """A context manager for a child process. One thread uses it; any may close it."""

    def __init__(self, module: str, *, memory_bytes: int, cpu_seconds: int) -> None:
        """Start the child.

        `memory_bytes` limits its address space, to which Python adds about 50 MB; only Linux
        enforces it. `cpu_seconds` is the processor time it has for each message, not enforced
        on Windows. Raise OSError if it can't be started.
        """
        self._timed_out = False
        self._messages: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        """What has arrived; None at the end."""
        self._room = threading.Semaphore(_MOST_WAITING)
        self._closed = False
        self._process = subprocess.Popen(
            [*_python_command(), module, str(memory_bytes), str(cpu_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        # A pipe can't be waited for with a time limit on every system, but a thread can.
        self._reader = threading.Thread(target=self._read, name="child-reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> "ChildProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int:
        """The system's number for the process."""
        return self._process.pid

    def send(self, message: bytes) -> None:
        """Send a message, which the child should be waiting for. Raise ChildEnded."""
        assert self._process.stdin is not None
        try:
            write_message(self._process.stdin, message)
        except (OSError, ValueError):  # ValueError: it was closed
            raise self._ended() from None

    def receive(self, seconds: float) -> bytes:
        """Wait for a message. End the child if none comes in time, and raise ChildEnded."""
        message = self.poll(seconds)
        if message is None:
            self._timed_out = True
            self._process.kill()
            raise self._ended()
        return message

    def poll(self, seconds: float) -> bytes | None:
        """Wait for a message; None if none comes in time. Raise ChildEnded."""
        try:
            message = self._messages.get(timeout=seconds)
        except queue.Empty:
            return None
        if message is None:
            self._messages.put(None)  # for whoever asks next
            raise self._ended()
        self._room.release()
        return message

    def close(self) -> None:
        """End the child at once. A thread that waits for a message gets ChildEnded."""
        self._closed = True
        self._room.release()
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):  # what wasn't sent yet can't be any more
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        message: bytes | None = b""
        while message is not None:
            self._room.acquire()
            try:
                message = None if self._closed else read_message(self._process.stdout)
            except OSError:
                message = None
            self._messages.put(message)

    def _ended(self) -> ChildEnded:
        try:
            code = self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return ChildEnded(timed_out=self._timed_out or _is_cpu_limit(code))


def _python_command() -> list[str]:
    return [sys.executable, CHILD] if is_frozen() else [sys.executable, "-c", _START]


def _is_cpu_limit(code: int) -> bool:
    if sys.platform == "win32":
        return False
    import signal

    return code == -signal.SIGXCPU
