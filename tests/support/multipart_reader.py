"""Parses a multipart/form-data body as a stream."""

import hashlib
import re

from python_multipart.multipart import MultipartParser

MAX_KEPT = 1024 * 1024
"""The content of larger files isn't kept, in bytes."""


class MultipartReader:
    """The fields and the one file of a body: its size, SHA-256 and, if small, its content."""

    def __init__(self, content_type: str) -> None:
        boundary = re.search(r'boundary="?([^";]+)"?', content_type)
        if boundary is None:
            raise ValueError("the Content-Type has no boundary")
        self.fields: dict[str, str] = {}
        self.order: list[str] = []
        """The names of all parts, in order."""
        self.filename: str | None = None
        self.file_headers: dict[str, str] = {}
        self.file_size = 0
        self.complete = False
        self._digest = hashlib.sha256()
        self._kept = bytearray()
        self._header_name = b""
        self._header_value = b""
        self._headers: dict[str, str] = {}
        self._value = bytearray()
        self._parser = MultipartParser(
            boundary[1],
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_header_name,
                "on_header_value": self._add_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._add_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def write(self, piece: bytes) -> None:
        """Parse the next piece of the body."""
        self._parser.write(piece)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file so far, in hex."""
        return self._digest.hexdigest()

    @property
    def content(self) -> bytes | None:
        """The content of the file, or None if it is too large."""
        return bytes(self._kept) if self.file_size <= MAX_KEPT else None

    def _begin_part(self) -> None:
        self._headers = {}
        self._value = bytearray()

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header_name.decode().lower()] = self._header_value.decode()
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        disposition = self._headers.get("content-disposition", "")
        self.order.append(_parameter(disposition, "name") or "")
        filename = _parameter(disposition, "filename")
        if filename is not None:
            self.filename = filename
            self.file_headers = self._headers

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._headers is not self.file_headers:
            self._value += data[start:end]
            return
        self.file_size += end - start
        self._digest.update(memoryview(data)[start:end])
        if self.file_size <= MAX_KEPT:
            self._kept += data[start:end]

    def _end_part(self) -> None:
        if self._headers is not self.file_headers:
            self.fields[self.order[-1]] = self._value.decode()

    def _end(self) -> None:
        self.complete = True


def _parameter(disposition: str, name: str) -> str | None:
    """A parameter as browsers encode it: only quotes and line breaks are percent-encoded."""
    found = re.search(rf'(?:^|;)\s*{name}="([^"]*)"', disposition)
    if found is None:
        return None
    return found[1].replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
