"""Reads a multipart/form-data body as it comes, and keeps little of it."""

import hashlib
import re

from python_multipart.multipart import MultipartParser

KEPT = 1024 * 1024
"""Bytes of a file that are kept, if it has no more."""


class MultipartReader:
    """The fields and the one file of a body; the file as size, sha256 and, when small, content."""

    def __init__(self, content_type: str) -> None:
        boundary = re.search(r'boundary="?([^";]+)"?', content_type)
        if boundary is None:
            raise ValueError("the Content-Type has no boundary")
        self.fields: dict[str, str] = {}
        self.order: list[str] = []
        """The names of all parts as they came."""
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
                "on_header_field": self._take_header_name,
                "on_header_value": self._take_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._take_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def take(self, piece: bytes) -> None:
        """Read the next piece of the body."""
        self._parser.write(piece)

    @property
    def sha256(self) -> str:
        """Of the file so far."""
        return self._digest.hexdigest()

    @property
    def content(self) -> bytes | None:
        """The file, or None when it was too large to be kept."""
        return bytes(self._kept) if self.file_size <= KEPT else None

    def _begin_part(self) -> None:
        self._headers = {}
        self._value = bytearray()

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
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

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._headers is not self.file_headers:
            self._value += data[start:end]
            return
        self.file_size += end - start
        self._digest.update(memoryview(data)[start:end])
        if self.file_size <= KEPT:
            self._kept += data[start:end]

    def _end_part(self) -> None:
        if self._headers is not self.file_headers:
            self.fields[self.order[-1]] = self._value.decode()

    def _end(self) -> None:
        self.complete = True


def _parameter(disposition: str, name: str) -> str | None:
    """A parameter as browsers write it: quotes and line ends percent-encoded, nothing else."""
    found = re.search(rf'(?:^|;)\s*{name}="([^"]*)"', disposition)
    if found is None:
        return None
    return found[1].replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
