"""The child's side of `child_process`: sets its own limits, then serves the program's messages."""

import contextlib
import importlib
import math
import os
import struct
import sys
import time
from collections.abc import Sequence
from typing import IO

CHILD = "--child"
"""The first argument with which a frozen program starts itself as a child."""
MAX_MESSAGE_BYTES = 256 * 1024 * 1024
"""Longer messages are errors: what goes wrong in the child mustn't fill the program's memory."""

_LENGTH = struct.Struct("!Q")


def write_message(pipe: IO[bytes], message: bytes) -> None:
    """Send a message. Raise OSError if nobody reads any more."""
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> bytes | None:
    """Wait for a message; None if the other side has ended or sent something else."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_MESSAGE_BYTES:
        return None
    message = pipe.read(length)
    return message if len(message) == length else None


class ParentPipe:
    """What the child gets to talk to the program that started it."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes], cpu_seconds: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._cpu_seconds = cpu_seconds
        self._limit_cpu_time()

    def receive(self) -> bytes | None:
        """Wait for the next message; None once the program has ended or needs no more."""
        message = read_message(self._incoming)
        self._limit_cpu_time()
        return message

    def send(self, message: bytes) -> None:
        """Send a message. Raise OSError once the program has ended."""
        write_message(self._outgoing, message)
        self._limit_cpu_time()

    def _limit_cpu_time(self) -> None:
        """End the child if the next message takes too long, even if the program has crashed."""
        if sys.platform != "win32":
            import resource

            _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
            limit = math.ceil(time.process_time()) + self._cpu_seconds
            if hard != resource.RLIM_INFINITY:
                limit = min(limit, hard)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def main(arguments: Sequence[str]) -> None:
    """Run what the arguments name: a module with `serve(parent: ParentPipe)`, and its limits."""
    module, memory_bytes, cpu_seconds = arguments
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    # What a library prints mustn't get between the messages.
    os.dup2(2, 1)
    _limit_memory(int(memory_bytes))
    parent = ParentPipe(incoming, outgoing, int(cpu_seconds))
    with contextlib.suppress(BrokenPipeError):
        importlib.import_module(module).serve(parent)
    # The pipe may be broken, and then closing it would fail.
    os._exit(0)


def _limit_memory(size: int) -> None:
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        # macOS refuses some values, and enforces none.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (size, hard))
