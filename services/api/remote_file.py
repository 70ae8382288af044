"""What the server says about a file, read forgivingly.

Servers that speak the Files API differ in nearly every optional field, so a `RemoteFile` needs
nothing but an id. A page is decoded at once by msgspec; only when it is very large, or an object
in it has another shape, is it read item by item, so that one odd object never loses the page.
"""

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

_LARGEST_SIZE = 2**63 - 1
_LAST_SECOND = 253_402_300_799
"""Of the year 9999; later ones are no dates for Python."""

Size = Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_SIZE)]
"""In bytes."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=_LAST_SECOND)]
"""Seconds since 1970, UTC."""


class RemoteFile(msgspec.Struct, frozen=True, gc=False, rename={"size": "bytes"}):
    """One file of the account, as the server last described it."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    """The server's name for it, the only key; never taken apart."""
    filename: str | None = None
    purpose: str | None = None
    """Any text: purposes the program has never heard of are shown as they are."""
    size: Size | None = None
    """In bytes; the API calls it `bytes`. None where the server does not know."""
    created_at: Moment | None = None
    """Seconds since 1970, UTC."""
    expires_at: Moment | None = None
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
    unreadable: int = 0
    """In how many files a size or date was there that makes no sense, and is taken as unknown."""
    server_time: float | None = None
    """When the server gave it, by its own clock (`Date`), in seconds since 1970."""


class NotAFileList(ValueError):
    """The body is not a listing of files."""


class _FastPage(msgspec.Struct, gc=False):
    data: list[RemoteFile]
    has_more: bool | None = None


class _PageOfItems(msgspec.Struct, gc=False):
    data: list[msgspec.Raw]
    has_more: bool | None = None


_LARGE = 4_000_000
"""Bytes; 15,000 files or so, as from servers that know no pages. While msgspec reads, the
interpreter belongs to it, and more at once would keep the window's thread waiting."""

_NOT_AS_EXPECTED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_fast_page_decoder = msgspec.json.Decoder(_FastPage)
_item_page_decoder = msgspec.json.Decoder(_PageOfItems)
_file_decoder = msgspec.json.Decoder(RemoteFile)


def decode_page(body: bytes) -> FilePage:
    """Read the body of `GET /files`.

    Raises NotAFileList when it is not JSON, or JSON without a list of objects in `data`.
    """
    if len(body) <= _LARGE:
        with contextlib.suppress(*_NOT_AS_EXPECTED):
            page = _fast_page_decoder.decode(body)
            share_texts(page.data)
            return FilePage(tuple(page.data), page.has_more)
    try:
        items = _item_page_decoder.decode(body)
    except _NOT_AS_EXPECTED:
        decoded, has_more = _decoded_by_standard_library(body)
        return _page_of([_read(item) for item in decoded], has_more)
    return _page_of([_read_raw(raw) for raw in items.data], items.has_more)


def share_texts(files: Iterable[RemoteFile]) -> None:
    """Let files that were just decoded hold equal purposes and states only once: 100 bytes each."""
    known: dict[str | None, str | None] = {}
    shared = known.setdefault
    put = msgspec.structs.force_setattr  # nobody has seen them yet
    for file in files:
        put(file, "purpose", shared(file.purpose, file.purpose))
        put(file, "status", shared(file.status, file.status))


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


def _page_of(read: list[tuple[RemoteFile | None, bool]], has_more: bool | None) -> FilePage:
    files = tuple(file for file, _makes_sense in read if file is not None)
    if read and not files:
        raise NotAFileList("no object in `data` has an id")
    share_texts(files)
    return FilePage(
        files,
        has_more,
        odd=len(read) - len(files),
        unreadable=sum(not makes_sense for _file, makes_sense in read),
    )


def _read_raw(raw: msgspec.Raw) -> tuple[RemoteFile | None, bool]:
    try:
        return _file_decoder.decode(raw), True
    except _NOT_AS_EXPECTED:
        try:
            return _read(json.loads(bytes(raw)))
        except (ValueError, RecursionError):
            return None, True


def _read(item: object) -> tuple[RemoteFile | None, bool]:
    """The file, if it has an id, and whether its sizes and dates make sense."""
    file = remote_file_from(item)
    if file is None or not isinstance(item, Mapping):
        return None, True
    return file, not _makes_no_sense(item, file)


def _decoded_by_standard_library(body: bytes) -> tuple[list[Any], bool | None]:
    """The objects of a page, and its `has_more`.

    The standard library also takes half a character, as servers written in Python send for file
    names that are not UTF-8.
    """
    try:
        decoded: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAFileList(str(error)) from error
    if not isinstance(decoded, dict) or not isinstance(decoded.get("data"), list):
        raise NotAFileList("there is no list in `data`")
    has_more = decoded.get("has_more")
    return decoded["data"], has_more if isinstance(has_more, bool) else None


def _makes_no_sense(fields: Mapping[str, Any], file: RemoteFile) -> bool:
    """Whether there was a size or date and could not be understood."""
    return any(
        value is None and fields.get(name) not in (None, "")
        for name, value in (
            ("bytes", file.size),
            ("created_at", file.created_at),
            ("expires_at", file.expires_at),
        )
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
