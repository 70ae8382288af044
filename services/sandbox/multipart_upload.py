"""Reads the multipart form of an upload piece by piece; the file goes straight to the disk."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.providers.limits import OFFICIAL, OFFICIAL_FILE_BYTES
from services.providers.purposes import UPLOAD_PURPOSES, Purpose
from services.sandbox import refusals
from services.sandbox.file_store import PartialFile

# Whatever breaks the form is answered with a 400; the parser's own warnings add nothing to that.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_LARGEST_FORM = 64 * 1024
"""Bytes of all fields and headers beside the file."""
_ANCHOR = "expires_after[anchor]"
_SECONDS = "expires_after[seconds]"
_EXPECTED = {"file", "purpose", _ANCHOR, _SECONDS}
_UPLOADABLE = {purpose.name: purpose for purpose in UPLOAD_PURPOSES}
_DAY = 86_400
_DEFAULT_EXPIRY = {"batch": 30 * _DAY}
"""In seconds; files of other purposes stay until they are deleted."""
_ONLY_JSONL = {"batch", "fine-tune"}

# One parameter of Content-Disposition. Today's programs send a backslash as it is and a quote as
# %22, older ones put a backslash before the quote.
_PARAMETER = re.compile(rb';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))')


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """A form that is in order."""

    filename: str
    purpose: str
    expires_after: int | None
    """In seconds; None for a file that stays."""


class UploadForm:
    """Takes the body as it comes, writes the file part to `partial`, holds the small fields.

    Raises refusals.Refused as soon as it is clear that the request can't be done.
    """

    def __init__(self, content_type: str, partial: PartialFile) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise refusals.not_multipart()
        self._partial = partial
        self._filename: str | None = None
        self._fields: dict[str, bytes] = {}
        self._form_size = 0
        self._whole = False
        self._header_name = self._header_value = self._disposition = b""
        self._field: str | None = None
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._take_header_name,
                    "on_header_value": self._take_header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._take_data,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise refusals.not_multipart() from error

    def take(self, pieces: Iterable[bytes]) -> None:
        """The next pieces of the body; writes to the disk."""
        try:
            for piece in pieces:
                self._parser.write(piece)
        except FormParserError as error:
            raise refusals.form_unreadable() from error

    def finish(self) -> UploadRequest:
        """The body has ended: what it asks for."""
        if not self._whole:
            raise refusals.form_unreadable()
        unexpected = [name for name in self._fields if name not in _EXPECTED]
        if unexpected:
            raise refusals.fields_unexpected(unexpected)
        if not self._filename:
            raise refusals.field_missing("file")
        if "purpose" not in self._fields:
            raise refusals.field_missing("purpose")
        name = self._text("purpose")
        purpose = _UPLOADABLE.get(name)
        if purpose is None:
            raise refusals.purpose_unknown(name)
        expires_after = self._expires_after(purpose)
        if name in _ONLY_JSONL and not self._filename.lower().endswith(".jsonl"):
            raise refusals.not_jsonl(name)
        if self._partial.size > _largest_of(purpose):
            raise refusals.larger_than_purpose_takes()
        return UploadRequest(self._filename, name, expires_after)

    def _expires_after(self, purpose: Purpose) -> int | None:
        if _ANCHOR not in self._fields and _SECONDS not in self._fields:
            return _DEFAULT_EXPIRY.get(purpose.name)
        if _ANCHOR not in self._fields:
            raise refusals.expiry_incomplete("anchor")
        if _SECONDS not in self._fields:
            raise refusals.expiry_incomplete("seconds")
        anchor, text = self._text(_ANCHOR), self._text(_SECONDS)
        if anchor != "created_at":
            raise refusals.anchor_unknown(anchor)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise refusals.seconds_not_a_number(text)
        seconds = int(text)
        if not refusals.SHORTEST_EXPIRY <= seconds <= refusals.LONGEST_EXPIRY:
            raise refusals.seconds_out_of_range(seconds)
        return seconds

    def _text(self, name: str) -> str:
        return self._fields[name].decode(errors="replace")

    def _count(self, size: int) -> None:
        self._form_size += size
        if self._form_size > _LARGEST_FORM:
            raise refusals.form_too_large()

    def _begin_part(self) -> None:
        self._header_name = self._header_value = self._disposition = b""

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        parameters = _parameters_of(self._disposition)
        name = parameters.get("name", "")
        filename = parameters.get("filename")
        if name == "file" and filename:
            if self._filename:
                raise refusals.more_than_one_file()
            self._field, self._filename = None, filename
        else:
            self._field = name
            self._fields[name] = b""

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is not None:
            self._count(end - start)
            self._fields[self._field] += data[start:end]
            return
        self._partial.write(memoryview(data)[start:end])
        if self._partial.size > OFFICIAL_FILE_BYTES:
            raise refusals.larger_than_any(OFFICIAL_FILE_BYTES, self._partial.size)
        if self._partial.size > self._limit_so_far():
            raise refusals.larger_than_purpose_takes()

    def _limit_so_far(self) -> int:
        purpose = _UPLOADABLE.get(self._text("purpose")) if "purpose" in self._fields else None
        return OFFICIAL_FILE_BYTES if purpose is None else _largest_of(purpose)

    def _end(self) -> None:
        self._whole = True


def _largest_of(purpose: Purpose) -> int:
    return OFFICIAL.largest(purpose.name) or OFFICIAL_FILE_BYTES


def _parameters_of(disposition: bytes) -> dict[str, str]:
    """The parameters of a Content-Disposition header, the names of them in lower case.

    Not by `parse_options_header`: that keeps only the end of what looks like a path of Windows.
    """
    parameters = {}
    for name, quoted, plain in _PARAMETER.findall(disposition):
        value = quoted.replace(b'\\"', b'"') if quoted else plain.strip()
        parameters[name.decode("latin-1").lower()] = value.decode(errors="replace")
    return parameters
