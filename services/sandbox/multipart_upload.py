"""Parses the multipart form of an upload piece by piece, writing the file straight to disk."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.providers.limits import OFFICIAL, OFFICIAL_FILE_BYTES
from services.providers.purposes import UPLOAD_PURPOSES, Purpose
from services.sandbox import upload_errors
from services.sandbox.file_store import IncomingFile

# A malformed form gets a 400 response; the parser's own warnings add nothing.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_LARGEST_FORM = 64 * 1024
"""The most bytes of fields and headers, not counting the file."""
_ANCHOR = "expires_after[anchor]"
_SECONDS = "expires_after[seconds]"
_EXPECTED = {"file", "purpose", _ANCHOR, _SECONDS}
_UPLOADABLE = {purpose.name: purpose for purpose in UPLOAD_PURPOSES}
_DAY = 86_400
_DEFAULT_EXPIRY = {"batch": 30 * _DAY}
"""In seconds; files with other purposes don't expire."""
_ONLY_JSONL = {"batch", "fine-tune"}

# One parameter of Content-Disposition. Current clients send a backslash unchanged and a quote as
# %22; older ones escape the quote with a backslash.
_PARAMETER = re.compile(rb';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))')


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """The contents of a valid form."""

    filename: str
    purpose: str
    expires_after: int | None
    """In seconds; None if the file doesn't expire."""


class UploadForm:
    """Parses the body as it arrives: writes the file to `incoming`, and collects the other fields.

    Raises ApiError as soon as the request is known to be invalid.
    """

    def __init__(self, content_type: str, incoming: IncomingFile) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise upload_errors.not_multipart()
        self._incoming = incoming
        self._filename: str | None = None
        self._fields: dict[str, bytes] = {}
        self._form_size = 0
        self._complete = False
        self._header_name = self._header_value = self._disposition = b""
        self._field: str | None = None
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_name,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_end,
                    "on_part_data": self._on_data,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise upload_errors.not_multipart() from error

    def write(self, pieces: Iterable[bytes]) -> None:
        """Parse the next pieces of the body, and write the file's data to disk."""
        try:
            for piece in pieces:
                self._parser.write(piece)
        except FormParserError as error:
            raise upload_errors.form_unreadable() from error

    def finish(self) -> UploadRequest:
        """Return the form's contents, at the end of the body."""
        if not self._complete:
            raise upload_errors.form_unreadable()
        unexpected = [name for name in self._fields if name not in _EXPECTED]
        if unexpected:
            raise upload_errors.fields_unexpected(unexpected)
        if not self._filename:
            raise upload_errors.field_missing("file")
        if "purpose" not in self._fields:
            raise upload_errors.field_missing("purpose")
        name = self._text("purpose")
        purpose = _UPLOADABLE.get(name)
        if purpose is None:
            raise upload_errors.purpose_unknown(name)
        expires_after = self._expires_after(purpose)
        if name in _ONLY_JSONL and not self._filename.lower().endswith(".jsonl"):
            raise upload_errors.not_jsonl(name)
        if self._incoming.size > _largest_of(purpose):
            raise upload_errors.too_large_for_purpose()
        return UploadRequest(self._filename, name, expires_after)

    def _expires_after(self, purpose: Purpose) -> int | None:
        if _ANCHOR not in self._fields and _SECONDS not in self._fields:
            return _DEFAULT_EXPIRY.get(purpose.name)
        if _ANCHOR not in self._fields:
            raise upload_errors.expiry_incomplete("anchor")
        if _SECONDS not in self._fields:
            raise upload_errors.expiry_incomplete("seconds")
        anchor, text = self._text(_ANCHOR), self._text(_SECONDS)
        if anchor != "created_at":
            raise upload_errors.anchor_unknown(anchor)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise upload_errors.seconds_not_a_number(text)
        seconds = int(text)
        if not upload_errors.SHORTEST_EXPIRY <= seconds <= upload_errors.LONGEST_EXPIRY:
            raise upload_errors.seconds_out_of_range(seconds)
        return seconds

    def _text(self, name: str) -> str:
        return self._fields[name].decode(errors="replace")

    def _count(self, size: int) -> None:
        self._form_size += size
        if self._form_size > _LARGEST_FORM:
            raise upload_errors.form_too_large()

    def _on_part_begin(self) -> None:
        self._header_name = self._header_value = self._disposition = b""

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _on_headers_end(self) -> None:
        parameters = _parameters_of(self._disposition)
        name = parameters.get("name", "")
        filename = parameters.get("filename")
        if name == "file" and filename:
            if self._filename:
                raise upload_errors.more_than_one_file()
            self._field, self._filename = None, filename
        else:
            self._field = name
            self._fields[name] = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is not None:
            self._count(end - start)
            self._fields[self._field] += data[start:end]
            return
        self._incoming.write(memoryview(data)[start:end])
        if self._incoming.size > OFFICIAL_FILE_BYTES:
            raise upload_errors.larger_than_any(OFFICIAL_FILE_BYTES, self._incoming.size)
        if self._incoming.size > self._limit_so_far():
            raise upload_errors.too_large_for_purpose()

    def _limit_so_far(self) -> int:
        purpose = _UPLOADABLE.get(self._text("purpose")) if "purpose" in self._fields else None
        return OFFICIAL_FILE_BYTES if purpose is None else _largest_of(purpose)

    def _on_end(self) -> None:
        self._complete = True


def _largest_of(purpose: Purpose) -> int:
    return OFFICIAL.largest(purpose.name) or OFFICIAL_FILE_BYTES


def _parameters_of(disposition: bytes) -> dict[str, str]:
    """The parameters of a Content-Disposition header, with lowercase names.

    `parse_options_header` isn't used because it truncates values that look like Windows paths.
    """
    parameters = {}
    for name, quoted, plain in _PARAMETER.findall(disposition):
        value = quoted.replace(b'\\"', b'"') if quoted else plain.strip()
        parameters[name.decode("latin-1").lower()] = value.decode(errors="replace")
    return parameters
