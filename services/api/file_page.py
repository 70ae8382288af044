"""One page of a listing, parsed leniently.

msgspec decodes a page in one go. Only if the page is very large, or an object in it has an
unexpected format, is it decoded item by item, so that one malformed object never loses the page.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from services.api.json_values import DECODE_ERRORS, NotJson, decode_object
from services.api.named_fields import items_in, may_have_other_names, object_type, unwrapped
from services.api.remote_file import RemoteFile, remote_file_from
from services.problems.errors import Problem
from services.providers.answer_names import OFFICIAL_NAMES, AnswerNames, folded


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page of a listing."""

    files: tuple[RemoteFile, ...]
    has_more: bool | None
    """None if the server doesn't say; see `Listing` for how the end is found then."""
    without_id: int = 0
    """How many objects had no usable ID and were left out."""
    unreadable: int = 0
    """How many files have an invalid size or date, which is treated as unknown."""
    server_time: float | None = None
    """When the server sent it, by its own clock (`Date`), in seconds since 1970."""
    words: frozenset[str] = frozenset()
    """The purposes and statuses in it."""
    size: int = 0
    """Size of the body in bytes."""
    limit: int | None = None
    """How many files were requested; None if that was left to the server."""
    next_cursor: str | None = None
    """The cursor for the next page, from `cursors.next_cursor`; None if there can't be one."""
    total: int | None = None
    """How many files there are on all pages, if the server says so and pages are numbered."""
    other_api: Problem | None = None
    """What the list seems to be instead of one of files in the OpenAI API."""

    @property
    def items(self) -> tuple[RemoteFile, ...]:
        """The files, by the name that all kinds of pages have in common."""
        return self.files


class NotAFileList(ValueError):
    """The body isn't a list of the expected objects."""


class _FastPage(msgspec.Struct, gc=False):
    data: list[RemoteFile]
    has_more: bool | None = None


class _PageOfItems(msgspec.Struct, gc=False):
    data: list[msgspec.Raw]
    has_more: bool | None = None


LARGE = 4_000_000
"""Bytes; about 15,000 files, as sent by servers without paging. msgspec holds the GIL while it
decodes, and decoding more at once would block the window's thread."""
_MOST_COMMAS = 5_000_000
"""In a large page; each may separate two objects, which take a hundred bytes of memory or more."""

_fast_page_decoder = msgspec.json.Decoder(_FastPage)
_item_page_decoder = msgspec.json.Decoder(_PageOfItems)
_file_decoder = msgspec.json.Decoder(RemoteFile)

Redactor = Callable[[object], object]
"""Removes from a decoded object what must not be kept."""


def no_redactor(_body: bytes) -> None:
    """Remove nothing."""


def decode_page(
    body: bytes,
    redactor_for: Callable[[bytes], Redactor | None] = no_redactor,
    names: AnswerNames = OFFICIAL_NAMES,
) -> FilePage:
    """Parse the body of `GET /files`.

    Where long texts may be truncated, `redactor_for` is called with the body first, and returns what
    to apply to each object before truncating. `names` are those of the server. Raises NotAFileList
    if the body isn't JSON, or has no list of objects where it should be.
    """
    official = names is OFFICIAL_NAMES and not may_have_other_names(body)
    if len(body) > LARGE:
        check_objects(body)
    elif official:
        with contextlib.suppress(*DECODE_ERRORS):
            page = _fast_page_decoder.decode(body)
            words = share_texts(page.data)
            return FilePage(tuple(page.data), page.has_more, words=words)
    redact = redactor_for(body)
    try:
        items, has_more = raw_items(body)
    except DECODE_ERRORS:
        decoded, has_more = items_of_page(body, names)
        return _page_of([_read(item, redact, names) for item in decoded], has_more)
    as_official = official and redact is None
    return _page_of(
        [_read_raw(raw, redact, names, as_official=as_official) for raw in items], has_more
    )


def check_objects(body: bytes) -> None:
    """Raise NotAFileList if a large page has so many objects that they don't fit into memory."""
    if body.count(b",") > _MOST_COMMAS:
        raise NotAFileList("it has too many objects")


def raw_items(body: bytes) -> tuple[list[msgspec.Raw], bool | None]:
    """The objects in a page, not decoded yet, and its `has_more`. Raises one of `DECODE_ERRORS`."""
    items = _item_page_decoder.decode(body)
    return items.data, items.has_more


def share_texts(files: Iterable[RemoteFile]) -> frozenset[str]:
    """Let newly decoded files share equal purposes and statuses, which saves 100 bytes per file.

    Returns these purposes and statuses.
    """
    known: dict[str | None, str | None] = {"": None}  # xAI sends an empty purpose
    shared = known.setdefault
    put = msgspec.structs.force_setattr  # safe: no one else has the files yet
    for file in files:
        purpose, status = file.purpose, file.status
        if purpose is not shared(purpose, purpose):
            put(file, "purpose", known[purpose])
        if status is not shared(status, status):
            put(file, "status", known[status])
    return frozenset(filter(None, known))


def texts_of(page: FilePage) -> list[str]:
    """Every text in a page at least once, for a quick search.

    Comprehensions take half as long as `map` with `attrgetter`, and a page has ten thousand files.
    """
    texts = [file.id for file in page.files]
    texts += [name for file in page.files if (name := file.filename)]
    texts += [details for file in page.files if (details := file.status_details)]
    texts += page.words
    return texts


def with_texts(
    files: tuple[RemoteFile, ...], shortest: int, change: Callable[[str], str]
) -> tuple[RemoteFile, ...]:
    """The files with `change` applied to their texts of `shortest` or more characters."""

    def changed(file: RemoteFile) -> RemoteFile:
        texts = {name: value for name in _TEXTS if (value := getattr(file, name))}
        return msgspec.structs.replace(
            file, **{name: change(text) for name, text in texts.items() if len(text) >= shortest}
        )

    return tuple(map(changed, files))


_TEXTS = ("id", "filename", "purpose", "status", "status_details")


def _page_of(read: list[tuple[RemoteFile | None, bool]], has_more: bool | None) -> FilePage:
    files = tuple(file for file, _valid in read if file is not None)
    if read and not files:
        raise NotAFileList("no object in `data` has an ID")
    words = share_texts(files)
    return FilePage(
        files,
        has_more,
        without_id=len(read) - len(files),
        unreadable=sum(not valid for _file, valid in read),
        words=words,
    )


def _read_raw(
    raw: msgspec.Raw, redact: Redactor | None, names: AnswerNames, *, as_official: bool
) -> tuple[RemoteFile | None, bool]:
    if as_official:
        with contextlib.suppress(*DECODE_ERRORS):
            return _file_decoder.decode(raw), True
    try:
        return _read(decode_object(bytes(raw)), redact, names)
    except NotJson:
        return None, True


def _read(
    item: object, redact: Redactor | None, names: AnswerNames
) -> tuple[RemoteFile | None, bool]:
    """The file, if it has an ID, and whether its size and dates are valid."""
    if redact is not None:
        item = redact(item)
    file = remote_file_from(item, names)
    if file is None or not isinstance(item, Mapping):
        return None, True
    return file, not _has_invalid_values(item, file)


def items_of_page(
    body: bytes, names: AnswerNames = OFFICIAL_NAMES
) -> tuple[list[Any], bool | None]:
    """The objects in a page, and its `has_more`. Raises NotAFileList."""
    try:
        decoded: Any = unwrapped(decode_object(body))
    except NotJson as error:
        raise NotAFileList(str(error)) from error
    items = _items_in(decoded, names)
    if items is None:
        raise NotAFileList(f"`{names.items}` isn't a list")
    has_more = decoded.get("has_more")
    return items, has_more if isinstance(has_more, bool) else None


def _items_in(decoded: Any, names: AnswerNames) -> list[Any] | None:
    """The page's list; a null counts as empty if the rest looks like a listing.

    Servers written in Go send null for an empty list, but other APIs' errors also often have
    `"data": null`. Fireworks leaves out an empty list.
    """
    if not isinstance(decoded, dict):
        return None
    items = items_in(decoded, names)
    if isinstance(items, list):
        return items
    outer = {folded(name) for name in decoded}
    is_a_listing = object_type(decoded) == "list" or not _ONLY_IN_LISTINGS.isdisjoint(outer)
    has_items = folded(names.items) in outer or names.items != OFFICIAL_NAMES.items
    return [] if items is None and has_items and is_a_listing else None


_ONLY_IN_LISTINGS = frozenset({"hasmore", "firstid", "lastid", "nextpagetoken", "totalsize"})
"""As `folded` writes them."""


def _has_invalid_values(fields: Mapping[str, Any], file: RemoteFile) -> bool:
    """Whether a size or date is present but invalid."""
    return any(
        value is None and fields.get(name) not in (None, "")
        for name, value in (
            ("bytes", file.size),
            ("created_at", file.created_at),
            ("expires_at", file.expires_at),
        )
    )
