"""What the server says about a file, read forgivingly.

Servers that speak the Files API differ in nearly every optional field, so a `RemoteFile` needs
nothing but an id. A page is decoded at once by msgspec; only when an object in it has another
shape is it read item by item, so that one odd object never loses the page.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

_LARGEST_SIZE = 2**63 - 1
_LAST_SECOND = 253_402_300_799
"""Of the year 9999; later ones are no dates for Python."""

_Size = Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_SIZE)]
_Moment = Annotated[int, msgspec.Meta(ge=0, le=_LAST_SECOND)]


class RemoteFile(msgspec.Struct, frozen=True, gc=False, rename={"size": "bytes"}):
    """One file of the account, as the server last described it."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    """The server's name for it, the only key; never taken apart."""
    filename: str | None = None
    purpose: str | None = None
    """Any text: purposes the program has never heard of are shown as they are."""
    size: _Size | None = None
    """In bytes; the API calls it `bytes`. None where the server does not know."""
    created_at: _Moment | None = None
    """Seconds since 1970, UTC."""
    expires_at: _Moment | None = None
    """Seconds since 1970, UTC; None when the file is kept until it is deleted."""
    status: str | None = None
    status_details: str | None = None

    @property
    def name(self) -> str:
        """What to show as its name: the file name, or the id where the server gives none."""
        return self.filename or self.id


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page of a listing."""

    files: tuple[RemoteFile, ...]
    has_more: bool | None
    """None where the server does not say; see `FilesApi.list_page` for what follows."""
    odd: int = 0
    """How many objects of the page had no usable id and were left out."""


class NotAFileList(ValueError):
    """The body is not a listing of files."""


class _FastPage(msgspec.Struct, gc=False):
    data: list[RemoteFile]
    has_more: bool | None = None


_fast_page_decoder = msgspec.json.Decoder(_FastPage)


def decode_page(body: bytes) -> FilePage:
    """Read the body of `GET /files`.

    Raises NotAFileList when it is not JSON, or JSON without a list of objects in `data`.
    """
    try:
        page = _fast_page_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_page_item_by_item(body)
    return FilePage(tuple(page.data), page.has_more)


def remote_file_from(fields: object) -> RemoteFile | None:
    """The file that a decoded JSON object describes, or None when it has no id."""
    if not isinstance(fields, Mapping):
        return None
    file_id = fields.get("id")
    if isinstance(file_id, int) and not isinstance(file_id, bool):
        file_id = str(file_id)
    if not isinstance(file_id, str) or not file_id:
        return None
    file_id = file_id.encode("utf-8", "replace").decode("utf-8")
    return RemoteFile(
        id=file_id,
        filename=_text(fields.get("filename")),
        purpose=_text(fields.get("purpose")),
        size=_within(_LARGEST_SIZE, _whole_number(fields.get("bytes"))),
        created_at=_within(_LAST_SECOND, _moment(fields.get("created_at"))),
        expires_at=_within(_LAST_SECOND, _moment(fields.get("expires_at"))),
        status=_text(fields.get("status")),
        status_details=_text(fields.get("status_details")),
    )


def _decode_page_item_by_item(body: bytes) -> FilePage:
    try:
        # The standard library's, which also takes half a character (`"\\udc80"`), as servers
        # written in Python send for file names that are not UTF-8.
        decoded: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAFileList(str(error)) from error
    if not isinstance(decoded, dict) or not isinstance(decoded.get("data"), list):
        raise NotAFileList("there is no list in `data`")
    files = [remote_file_from(item) for item in decoded["data"]]
    readable = tuple(file for file in files if file is not None)
    if files and not readable:
        raise NotAFileList("no object in `data` has an id")
    has_more = decoded.get("has_more")
    return FilePage(
        readable,
        has_more if isinstance(has_more, bool) else None,
        odd=len(files) - len(readable),
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(value)


def _within(largest: int, number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= largest else None


def _whole_number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float | str):
        try:
            return int(float(value))
        except (ValueError, OverflowError):
            return None
    return None


def _moment(value: object) -> int | None:
    """Seconds since 1970 from a number, a number in a string, or an ISO 8601 date (LocalAI)."""
    number = _whole_number(value)
    if number is not None or not isinstance(value, str):
        return number
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
