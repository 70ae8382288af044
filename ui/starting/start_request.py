"""What a start of the program asks of one that is already running."""

from collections.abc import Mapping

import msgspec

LARGEST = 4 * 1024 * 1024
"""Bytes of an encoded request; no system allows a longer command line."""
GREETING = b"filewharf 1\n"
"""What the running program says first. A program that doesn't respond thus gets no request that it
would carry out later."""
DONE = b"done\n"
"""Says that the request was taken."""
_MOST_FILES = 100_000


class StartRequest(msgspec.Struct, frozen=True):
    """The command line of a later start, and the right to come to front."""

    uris: tuple[str, ...] = ()
    """The files to review, as URIs, which can also hold names that aren't valid UTF-8."""
    sandbox: bool = False
    """Whether to open the sandbox."""
    activation: str = ""
    """Wayland's token, with which the running program's window may come to front."""


def activation_of(environment: Mapping[str, str]) -> str:
    """The token in the environment of a program that the desktop has started; or empty."""
    return environment.get("XDG_ACTIVATION_TOKEN", "").encode("ascii", "ignore").decode()


def encode(request: StartRequest) -> bytes:
    """A request as one line."""
    return msgspec.json.encode(request) + b"\n"


def decode(line: bytes) -> StartRequest | None:
    """The request in a line, or None if there is none that makes sense."""
    try:
        request = msgspec.json.decode(line, type=StartRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    is_plain = len(request.uris) <= _MOST_FILES and "\0" not in request.activation
    return request if is_plain else None
