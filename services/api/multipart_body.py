"""The body of an upload: a form with the file as its last part, read while it is sent.

It has `__iter__` and `__len__`, and deliberately no `read`: requests then sets Content-Length from
the length and sends the pieces as they are. If it had `read`, urllib3 would read 16 KiB at a time.
"""

import hashlib
import mimetypes
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping

from services.disk.local_file import LocalFile
from services.problems.disk_errors import error_reading, file_changed
from services.system.cancellation import CancelToken

PIECE = 256 * 1024
"""Bytes per write to the socket: large enough to be fast, small enough that a slow connection
(over 5 KB/s) can send one within the send timeout."""

_types_lock = threading.Lock()
"""The system's MIME types are loaded on first use; the lock ensures that only one thread does it."""


class MultipartBody:
    """A multipart/form-data body with one file. Each iteration reopens the file.

    Each piece is only valid until the next one is requested.

    Iterating raises FilesError if the file is gone, can't be read, or has changed since the upload
    was requested; and Cancelled.
    """

    def __init__(
        self,
        file: LocalFile,
        fields: Mapping[str, str],
        *,
        token: CancelToken,
        progress: Callable[[int], None],
        hashed: Callable[[str], None] | None = None,
    ) -> None:
        """`progress` is called with the number of bytes of the file written to the socket.

        `hashed`, if given, is called with the file's SHA-256 in hexadecimal, computed while
        sending, just before `progress` reports the last byte.
        """
        self._file = file
        self._hashed = hashed
        self._token = token
        self._progress = progress
        self._sent_whole = False
        self.form = (*fields.items(), ("file", f"@{file.name}"))
        """Its fields; the value of the file is `@` and its name."""
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        """The value for the Content-Type header."""
        parts = [_field(name, value) for name, value in fields.items()]
        parts.append(_file_head(file.name))
        self._head = b"".join(f"--{boundary}\r\n".encode() + part for part in parts[:-1])
        self._head += f"--{boundary}\r\n".encode() + parts[-1]
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    @property
    def fully_sent(self) -> bool:
        """Whether the whole body was written to the socket, so the server may have received it."""
        return self._sent_whole

    def __len__(self) -> int:
        return len(self._head) + self._file.size + len(self._tail)

    def __iter__(self) -> Iterator[bytes | memoryview]:
        self._sent_whole = False
        head = self._head
        for piece in self._content():
            yield head + piece if head else piece  # a small file together with the head
            head = b""
        if head:
            yield head
        # Set before the last bytes are sent: if sending fails, the server may still have them.
        self._sent_whole = True
        yield self._tail

    def _content(self) -> Iterator[memoryview]:
        path = self._file.path
        sent = 0
        # A new one for each attempt. hashlib releases the GIL, and the socket's buffer keeps the
        # connection busy in the meantime.
        digest = None if self._hashed is None else hashlib.sha256()
        try:
            with open(path, "rb", buffering=0, opener=_open_nonblocking) as opened:
                self._check_unchanged(os.fstat(opened.fileno()))
                self._progress(0)
                # Reuse one buffer: allocating memory for each piece takes as long as sending it.
                piece = memoryview(bytearray(min(PIECE, self._file.size)))
                while sent < self._file.size:
                    self._token.check()
                    count = opened.readinto(piece[: self._file.size - sent])
                    if not count:
                        raise file_changed(path)
                    if digest is not None:
                        digest.update(piece[:count])
                    yield piece[:count]
                    sent += count
                    if digest is not None and self._hashed and sent == self._file.size:
                        self._hashed(digest.hexdigest())
                    self._progress(sent)
                self._check_unchanged(os.fstat(opened.fileno()))
        except OSError as error:
            raise error_reading(error, path) from error

    def _check_unchanged(self, found: os.stat_result) -> None:
        if (found.st_size, found.st_mtime_ns) != (self._file.size, self._file.modified_ns):
            raise file_changed(self._file.path)


def _open_nonblocking(path: str, flags: int) -> int:
    """Open without blocking, in case a pipe has replaced the file."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


_ESCAPED = str.maketrans(
    {'"': "%22", "\\": "\\\\"} | {chr(code): f"%{code:02X}" for code in range(0x20) if code != 0x1B}
)
"""The same escapes as in httpx, the HTTP library of the official client."""


def _parameter(name: str, value: str) -> bytes:
    # File names can contain surrogates, which can't be encoded.
    return f'{name}="{value.translate(_ESCAPED)}"'.encode(errors="replace")


def _field(name: str, value: str) -> bytes:
    head = b"Content-Disposition: form-data; " + _parameter("name", name)
    return head + b"\r\n\r\n" + value.encode() + b"\r\n"


def _file_head(name: str) -> bytes:
    with _types_lock:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    # Send the full name: the server couldn't return what was left out.
    head = b"Content-Disposition: form-data; " + _parameter("name", "file")
    head += b"; " + _parameter("filename", name)
    return head + f"\r\nContent-Type: {kind}\r\n\r\n".encode()
