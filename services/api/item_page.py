"""One page of a list of batches, vector stores or fine-tuning jobs, parsed leniently."""

import contextlib
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from services.api.file_page import (
    LARGE,
    NotAFileList,
    Redactor,
    check_objects,
    items_of_page,
    raw_items,
)
from services.api.item import AnyItem, Item, item_from, read_item
from services.api.json_values import DECODE_ERRORS, NotJson, decode_object
from services.api.redaction import Redaction

_ItemOfPage = TypeVar("_ItemOfPage", bound=Item, covariant=True)

_KNOWN_OBJECTS = frozenset(
    {"file", "model", "batch", "vector_store", "vector_store.file", "fine_tuning.job", "assistant"}
)


@dataclass(frozen=True, slots=True)
class ItemPage(Generic[_ItemOfPage]):
    """One page of a list."""

    items: tuple[_ItemOfPage, ...]
    has_more: bool | None
    """None if the server doesn't say."""
    without_id: int = 0
    """How many objects had no usable ID and were left out."""
    unreadable: int = 0
    """How many objects have invalid values, which are treated as unknown."""
    size: int = 0
    """Size of the body in bytes."""
    limit: int | None = None
    """How many objects were requested; None if that was left to the server."""
    next_cursor: str | None = None
    """The cursor for the next page; None if there can't be one."""
    total: int | None = None
    """How many objects there are on all pages; never known."""
    requests: int = 1
    """How many requests it took: more than one if the server refused the limit or failed."""


class _Page(msgspec.Struct, Generic[AnyItem], gc=False):
    data: list[AnyItem]
    has_more: bool | None = None


class _Kind(msgspec.Struct, gc=False):
    object: str | None = None


class _Kinds(msgspec.Struct, gc=False):
    data: list[_Kind]


_kinds_decoder = msgspec.json.Decoder(_Kinds)


def decode_items(
    body: bytes, kind: type[AnyItem], object_name: str, redaction: Redaction
) -> ItemPage[AnyItem]:
    """Parse the body of a page, without the key.

    Raises NotAFileList if it isn't JSON, has no list of objects in `data`, or lists other known
    objects than those with `object_name`, as a gateway that answers everything alike.
    """
    page = _decode(body, kind, redaction)
    if page.items and len(body) <= LARGE and _lists_others(body, object_name):
        raise NotAFileList("it lists other objects")
    return _without_key(page, body, kind, redaction)


def _decode(body: bytes, kind: type[AnyItem], redaction: Redaction) -> ItemPage[AnyItem]:
    # msgspec holds the GIL while it decodes, so a very large page is decoded object by object.
    redact: Redactor | None = redaction.value
    if len(body) > LARGE:
        check_objects(body)
        redact = redaction.redactor_for(body)
    else:
        with contextlib.suppress(*DECODE_ERRORS):
            page = _page_decoder(kind).decode(body)
            return ItemPage(tuple(page.data), page.has_more)
    items: Iterable[Any]
    try:
        raws, has_more = raw_items(body)
        items = map(_decoded_raw, raws)
    except DECODE_ERRORS:
        items, has_more = items_of_page(body)
    read = [read_item(kind, item if redact is None else redact(item)) for item in items]
    kept = tuple(item for item, _valid in read if item is not None)
    if read and not kept:
        raise NotAFileList("no object in `data` has an ID")
    return ItemPage(
        kept,
        has_more,
        without_id=len(read) - len(kept),
        unreadable=sum(not valid for item, valid in read if item is not None),
    )


@functools.cache
def _page_decoder(kind: type[AnyItem]) -> "msgspec.json.Decoder[_Page[AnyItem]]":
    return msgspec.json.Decoder(_Page[kind])  # type: ignore[valid-type]


def _decoded_raw(raw: msgspec.Raw) -> object:
    try:
        return decode_object(bytes(raw))
    except NotJson:
        return None


def _lists_others(body: bytes, object_name: str) -> bool:
    try:
        kinds = {item.object for item in _kinds_decoder.decode(body).data}
    except DECODE_ERRORS:
        return False
    return object_name not in kinds and not kinds.isdisjoint(_KNOWN_OBJECTS)


def _without_key(
    page: ItemPage[AnyItem], body: bytes, kind: type[AnyItem], redaction: Redaction
) -> ItemPage[AnyItem]:
    if len(body) <= LARGE and not redaction.may_be_in_json(body):
        return page
    described = msgspec.to_builtins(page.items)
    if not redaction.may_be_in(_texts_in(described)):
        return page
    redacted = (item_from(kind, redaction.value(fields)) for fields in described)
    items = tuple(item for item in redacted if item is not None)
    return ItemPage(items, page.has_more, page.without_id, page.unreadable)


def _texts_in(items: Iterable[dict[str, Any]]) -> list[str]:
    """All texts in items, level by level: most are at the top, so that is fast."""
    texts: list[str] = []
    level: list[Any] = [value for item in items for value in item.values()]
    while level:
        texts += [one for one in level if one.__class__ is str]
        nested = [one for one in level if one.__class__ in _NESTED]
        level = []
        for one in nested:
            level += one  # of an object, the names
            if one.__class__ is dict:
                level += one.values()
    return texts


_NESTED = frozenset({dict, list, tuple})
