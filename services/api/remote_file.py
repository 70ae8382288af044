"""What the server says about a file, read forgivingly.

Servers that speak the Files API differ in nearly every optional field, so a `RemoteFile` needs
nothing but an id. A page is decoded at once by msgspec; only when it is very large, or an object
in it has another shape, is it read item by item, so that one odd object never loses the page.
"""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from services.api.nesting import is_deep, shallow

_LARGEST_SIZE = 2**63 - 1
_LAST_SECOND = 253_402_300_799
"""Of the year 9999; later ones are no dates for Python."""

_OF_NOW = 1_000_000_000
"""A second of 2001, before there was any such API."""

LONGEST_NAME = 4096
"""Characters of a name or an id; longer names are cut, and what has a longer id is left out."""
LONGEST_WORD = 256
"""Characters of a purpose or a status."""
MOST_FIELDS = 200

Size = Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_SIZE)]
"""In bytes."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=_LAST_SECOND)]
"""Seconds since 1970, UTC."""


Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Word = Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)]


class RemoteFile(msgspec.Struct, frozen=True, gc=False, rename={"size": "bytes"}):
    """One file of the account, as the server last described it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    """The server's name for it, the only key; never taken apart."""
    filename: Name | None = None
    purpose: Word | None = None
    """Any text: purposes the program has never heard of are shown as they are."""
    size: Size | None = None
    """In bytes; the API calls it `bytes`. None where the server does not know."""
    created_at: Moment | None = None
    """Seconds since 1970, UTC."""
    expires_at: Moment | None = None
    """Seconds since 1970, UTC; None when the file is kept until it is deleted."""
    status: Word | None = None
    status_details: Name | None = None

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
    characters: int = 0
    """How many characters its ids, names and explanations have together."""
    longest_text: int = 0
    """Characters of the longest text in it, of whatever field."""
    limit: int | None = None
    """How many files were asked for; None where that was left to the server."""


class NotJson(ValueError):
    """The body is not JSON."""


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
_MOST_COMMAS = 5_000_000
"""In a large page; each can part two objects, which take a hundred bytes of memory or more."""

_NOT_AS_EXPECTED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_fast_page_decoder = msgspec.json.Decoder(_FastPage)
_item_page_decoder = msgspec.json.Decoder(_PageOfItems)
_file_decoder = msgspec.json.Decoder(RemoteFile)

Strike = Callable[[object], object]
"""Takes out of a decoded object what must not be kept."""


def _keep_all(_body: bytes) -> None:
    """Strike nothing."""


def decode_page(body: bytes, strike_for: Callable[[bytes], Strike | None] = _keep_all) -> FilePage:
    """Read the body of `GET /files`.

    Where texts have to be cut, `strike_for` is asked what to do with each object of the body
    before. Raises NotAFileList when the body is not JSON, or JSON without a list of objects in
    `data`.
    """
    if len(body) > _LARGE:
        if body.count(b",") > _MOST_COMMAS:
            raise NotAFileList("it has too many objects")
    else:
        with contextlib.suppress(*_NOT_AS_EXPECTED):
            page = _fast_page_decoder.decode(body)
            return _page(tuple(page.data), page.has_more)
    strike = strike_for(body)
    try:
        items = _item_page_decoder.decode(body)
    except _NOT_AS_EXPECTED:
        decoded, has_more = _items_of_page(body)
        return _page_of([_read(item, strike) for item in decoded], has_more)
    return _page_of([_read_raw(raw, strike) for raw in items.data], items.has_more)


def decode_object(body: bytes) -> object:
    """Read the body of an answer about one file. Raises NotJson."""
    try:
        return msgspec.json.decode(body)
    except _NOT_AS_EXPECTED:
        try:
            return _by_standard_library(body)
        except ValueError as error:
            raise NotJson(str(error)) from error


def cut_fields(fields: Mapping[str, object]) -> tuple[tuple[tuple[str, object], ...], int]:
    """The first fields of an object, each cut to a bounded length, and how many are left out.

    A list or an object that is too long or too deep becomes the beginning of its JSON.
    """
    taken = tuple(
        (name[:LONGEST_WORD], _cut_value(value))
        for name, value in itertools.islice(fields.items(), MOST_FIELDS)
    )
    return taken, len(fields) - len(taken)


def share_texts(files: Iterable[RemoteFile]) -> int:
    """Let files that were just decoded hold equal purposes and states only once: 100 bytes each.

    Returns how many characters the longest of them has.
    """
    known: dict[str | None, str | None] = {}
    shared = known.setdefault
    put = msgspec.structs.force_setattr  # nobody has seen them yet
    for file in files:
        put(file, "purpose", shared(file.purpose, file.purpose))
        put(file, "status", shared(file.status, file.status))
    return max(map(len, filter(None, known)), default=0)


def texts_together(files: tuple[RemoteFile, ...]) -> str:
    """Every text in files at least once, with slashes between: for a quick look into all of them."""
    words = {word for word_of in _SHARED for word in set(map(word_of, files))}
    columns = (words, *(map(text_of, files) for text_of in _UNSHARED))
    return "/".join(filter(None, itertools.chain.from_iterable(columns)))


def with_texts(
    files: tuple[RemoteFile, ...], shortest: int, change: Callable[[str], str]
) -> tuple[RemoteFile, ...]:
    """The files with those of their texts changed that have so many characters or more."""

    def changed(file: RemoteFile) -> RemoteFile:
        texts = {name: value for name in _TEXTS if (value := getattr(file, name))}
        return msgspec.structs.replace(
            file, **{name: change(text) for name, text in texts.items() if len(text) >= shortest}
        )

    return tuple(map(changed, files))


_TEXTS = ("id", "filename", "purpose", "status", "status_details")
_UNSHARED = tuple(map(attrgetter, ("id", "filename", "status_details")))
_SHARED = tuple(map(attrgetter, ("purpose", "status")))


def remote_file_from(fields: object) -> RemoteFile | None:
    """The file that a decoded JSON object describes, or None when it has no id."""
    if not isinstance(fields, Mapping):
        return None
    file_id = fields.get("id")
    if isinstance(file_id, int) and not isinstance(file_id, bool):
        file_id = str(file_id)
    if not isinstance(file_id, str) or not 0 < len(file_id) <= LONGEST_NAME:
        return None
    file_id = file_id.encode("utf-8", "replace").decode("utf-8")
    return RemoteFile(
        id=file_id,
        filename=_text(fields.get("filename"), LONGEST_NAME),
        purpose=_text(fields.get("purpose"), LONGEST_WORD),
        size=_within(_LARGEST_SIZE, _whole_number(fields.get("bytes"))),
        created_at=_within(_LAST_SECOND, _moment(fields.get("created_at"))),
        expires_at=_within(_LAST_SECOND, _moment(fields.get("expires_at"))),
        status=_text(fields.get("status"), LONGEST_WORD),
        status_details=_text(fields.get("status_details"), LONGEST_NAME),
    )


def _page_of(read: list[tuple[RemoteFile | None, bool]], has_more: bool | None) -> FilePage:
    files = tuple(file for file, _makes_sense in read if file is not None)
    if read and not files:
        raise NotAFileList("no object in `data` has an ID")
    return _page(
        files,
        has_more,
        odd=len(read) - len(files),
        unreadable=sum(not makes_sense for _file, makes_sense in read),
    )


def _page(
    files: tuple[RemoteFile, ...], has_more: bool | None, odd: int = 0, unreadable: int = 0
) -> FilePage:
    """The page with its texts shared and measured: by maps, as it has ten thousand files."""
    longest_word = share_texts(files)
    lengths = [list(map(len, filter(None, map(text_of, files)))) for text_of in _UNSHARED]
    return FilePage(
        files,
        has_more,
        odd,
        unreadable,
        characters=sum(map(sum, lengths)),
        longest_text=max(longest_word, *(max(each, default=0) for each in lengths)),
    )


def _read_raw(raw: msgspec.Raw, strike: Strike | None) -> tuple[RemoteFile | None, bool]:
    if strike is None:
        with contextlib.suppress(*_NOT_AS_EXPECTED):
            return _file_decoder.decode(raw), True
    try:
        return _read(decode_object(bytes(raw)), strike)
    except NotJson:
        return None, True


def _read(item: object, strike: Strike | None) -> tuple[RemoteFile | None, bool]:
    """The file, if it has an id, and whether its sizes and dates make sense."""
    if strike is not None:
        item = strike(item)
    file = remote_file_from(item)
    if file is None or not isinstance(item, Mapping):
        return None, True
    return file, not _makes_no_sense(item, file)


def _by_standard_library(body: bytes) -> Any:
    """The decoded JSON; raises ValueError for what is none.

    The standard library also takes half a character, as servers written in Python send for file
    names that are not UTF-8.
    """
    try:
        return json.loads(body)
    except RecursionError:
        return json.loads(shallow(body))


def _items_of_page(body: bytes) -> tuple[list[Any], bool | None]:
    """The objects of a page, and its `has_more`."""
    try:
        decoded = _by_standard_library(body)
    except ValueError as error:
        raise NotAFileList(str(error)) from error
    items = _items_in(decoded)
    if items is None:
        raise NotAFileList("`data` isn't a list")
    has_more = decoded.get("has_more")
    return items, has_more if isinstance(has_more, bool) else None


def _items_in(decoded: Any) -> list[Any] | None:
    """What is in `data`; null, as servers in Go write an empty list, if all else is a listing's.

    A null alone does not make one: the errors of other APIs often have `"data": null`.
    """
    if not isinstance(decoded, dict):
        return None
    items = decoded.get("data")
    if isinstance(items, list):
        return items
    is_a_listing = decoded.get("object") == "list" or not _ONLY_IN_LISTINGS.isdisjoint(decoded)
    return [] if items is None and "data" in decoded and is_a_listing else None


_ONLY_IN_LISTINGS = frozenset({"has_more", "first_id", "last_id"})


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


def _text(value: object, longest: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        value = _as_json(value)
    return value[:longest].encode("utf-8", "replace").decode("utf-8")


def _cut_value(value: object) -> object:
    if isinstance(value, str):
        return _text(value, LONGEST_NAME)
    text = _as_json(value)
    short = text != _NOT_WRITABLE and len(text) <= LONGEST_NAME and not is_deep(value)
    return value if short else text[:LONGEST_NAME]


_NOT_WRITABLE = "…"


def _as_json(value: object) -> str:
    try:
        return json.dumps(value)
    except (RecursionError, ValueError):  # too deep, or an integer of too many digits
        return _NOT_WRITABLE


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
    """Seconds since 1970 from a number, a number in a string, or an ISO 8601 date (LocalAI).

    A number that is too large for seconds counts thousandths, millionths or billionths of one, if
    that makes it a moment of this century.
    """
    number = _whole_number(value)
    if number is not None:
        if number > _LAST_SECOND:
            finer = (number // parts for parts in (10**3, 10**6, 10**9))
            return next((second for second in finer if _OF_NOW <= second <= _LAST_SECOND), None)
        return number
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
