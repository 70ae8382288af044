"""One page of a listing, read forgivingly.

A page is decoded at once by msgspec; only when it is very large, or an object in it has another
shape, is it read item by item, so that one odd object never loses the page.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from services.api.remote_file import (
    NOT_AS_EXPECTED,
    NotJson,
    RemoteFile,
    decode_object,
    remote_file_from,
)


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
    words: frozenset[str] = frozenset()
    """Its purposes and states."""
    size: int = 0
    """Bytes of its body."""
    limit: int | None = None
    """How many files were asked for; None where that was left to the server."""


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
        with contextlib.suppress(*NOT_AS_EXPECTED):
            page = _fast_page_decoder.decode(body)
            words = share_texts(page.data)
            return FilePage(tuple(page.data), page.has_more, words=words)
    strike = strike_for(body)
    try:
        items = _item_page_decoder.decode(body)
    except NOT_AS_EXPECTED:
        decoded, has_more = _items_of_page(body)
        return _page_of([_read(item, strike) for item in decoded], has_more)
    return _page_of([_read_raw(raw, strike) for raw in items.data], items.has_more)


def share_texts(files: Iterable[RemoteFile]) -> frozenset[str]:
    """Let files that were just decoded hold equal purposes and states only once: 100 bytes each.

    Returns these purposes and states.
    """
    known: dict[str | None, str | None] = {}
    shared = known.setdefault
    put = msgspec.structs.force_setattr  # nobody has seen them yet
    for file in files:
        purpose, status = file.purpose, file.status
        if purpose is not shared(purpose, purpose):
            put(file, "purpose", known[purpose])
        if status is not shared(status, status):
            put(file, "status", known[status])
    return frozenset(filter(None, known))


def texts_of(page: FilePage) -> list[str]:
    """Every text in a page at least once, for a quick look into all of them.

    By comprehensions, which take half the time of `map` with `attrgetter`: it has ten thousand
    files.
    """
    texts = [file.id for file in page.files]
    texts += [name for file in page.files if (name := file.filename)]
    texts += [details for file in page.files if (details := file.status_details)]
    texts += page.words
    return texts


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


def _page_of(read: list[tuple[RemoteFile | None, bool]], has_more: bool | None) -> FilePage:
    files = tuple(file for file, _makes_sense in read if file is not None)
    if read and not files:
        raise NotAFileList("no object in `data` has an ID")
    words = share_texts(files)
    return FilePage(
        files,
        has_more,
        odd=len(read) - len(files),
        unreadable=sum(not makes_sense for _file, makes_sense in read),
        words=words,
    )


def _read_raw(raw: msgspec.Raw, strike: Strike | None) -> tuple[RemoteFile | None, bool]:
    if strike is None:
        with contextlib.suppress(*NOT_AS_EXPECTED):
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


def _items_of_page(body: bytes) -> tuple[list[Any], bool | None]:
    """The objects of a page, and its `has_more`."""
    try:
        decoded: Any = decode_object(body)
    except NotJson as error:
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
