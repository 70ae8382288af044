"""What batches, vector stores and fine-tuning jobs have in common: only the ID is required.

Servers differ in nearly every other field, and each that has an unexpected type is read as far as
possible, or treated as unknown.
"""

import contextlib
import functools
from collections.abc import Callable, Mapping
from itertools import islice
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from services.api.json_values import (
    LONGEST_NAME,
    LONGEST_WORD,
    Count,
    Id,
    Moment,
    Name,
    Word,
    as_json,
    change_texts,
    id_from,
    moment_from,
    size_from,
    without_surrogates,
)

_MOST_ENTRIES = 200
"""Entries of a metadata object, or objects in a list inside of an item."""

Labels = dict[Word, Name]
"""Metadata: names and values that the account's programs chose."""


class Item(msgspec.Struct, frozen=True, gc=False):
    """One object of a list, as the server last described it."""

    id: Id
    """Opaque, and the only key."""


class Part(msgspec.Struct, frozen=True, gc=False):
    """An object inside of an item. Nothing in it is required."""


class ItemError(Part, frozen=True, gc=False):
    """Why a file couldn't be indexed, or a job failed."""

    code: Word | None = None
    """Such as `server_error`, `unsupported_file` or `invalid_file`."""
    message: Name | None = None
    param: Word | None = None

    @classmethod
    def read_otherwise(cls, value: object) -> "ItemError | None":
        """From a text instead of an object."""
        return cls(message=value[:LONGEST_NAME]) if isinstance(value, str) and value else None


AnyItem = TypeVar("AnyItem", bound=Item)
_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_Part = TypeVar("_Part", bound=Part)


def item_from(kind: type[AnyItem], fields: object) -> AnyItem | None:
    """The item that decoded JSON describes, or None if it has no usable ID. May change `fields`."""
    return read_item(kind, fields)[0]


def read_item(kind: type[AnyItem], fields: object) -> tuple[AnyItem | None, bool]:
    """Like `item_from`, and whether all values have the expected types."""
    if not isinstance(fields, dict):
        return None, False
    change_texts(fields, without_surrogates)
    with contextlib.suppress(msgspec.ValidationError):
        return msgspec.convert(fields, kind), True
    item_id = id_from(fields.get("id"))
    return (None if item_id is None else _read_struct(kind, fields | {"id": item_id})), False


def part_from(kind: type[_Part], fields: Mapping[str, object]) -> _Part:
    """The part that decoded JSON describes, without the fields that can't be read."""
    return _read_struct(kind, fields)


def _read_struct(kind: type[_Struct], fields: Any) -> _Struct:
    known = ((field, fields.get(field.encode_name)) for field in _fields_of(kind))
    values = {field.name: _read_value(field.type, value) for field, value in known}
    return kind(**{name: value for name, value in values.items() if value is not None})


@functools.cache
def _fields_of(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _read_value(expected: Any, value: object) -> object:
    """The value as the expected type, or None."""
    if value is None:
        return None
    with contextlib.suppress(msgspec.ValidationError):
        return msgspec.convert(value, expected)
    for kind in _without_none(expected):
        reader = _READERS.get(kind)
        if reader is not None:
            return reader(value)
        if get_origin(kind) is tuple:
            return _read_tuple(get_args(kind)[0], value)
        if isinstance(kind, type) and issubclass(kind, Part):
            if isinstance(value, Mapping):
                return _read_struct(kind, value)
            otherwise: Callable[[object], object] | None = getattr(kind, "read_otherwise", None)
            return None if otherwise is None else otherwise(value)
    return None


def _without_none(expected: Any) -> tuple[Any, ...]:
    if get_origin(expected) in (Union, UnionType):
        return tuple(one for one in get_args(expected) if one is not type(None))
    return (expected,)


def _read_tuple(kind: Any, value: object) -> tuple[object, ...] | None:
    if not isinstance(value, list):
        return None
    read = (_read_value(kind, one) for one in value[:_MOST_ENTRIES])
    return tuple(one for one in read if one is not None)


def _read_word(value: object) -> str | None:
    return value[:LONGEST_WORD] if isinstance(value, str) else None


def _read_name(value: object) -> str | None:
    return value[:LONGEST_NAME] if isinstance(value, str) else None


def _read_labels(value: object) -> Labels | None:
    if not isinstance(value, Mapping):
        return None
    return {
        str(name)[:LONGEST_WORD]: (one if isinstance(one, str) else as_json(one))[:LONGEST_NAME]
        for name, one in islice(value.items(), _MOST_ENTRIES)
        if one is not None
    }


_READERS: dict[object, Callable[[object], object]] = {
    Id: id_from,
    Word: _read_word,
    Name: _read_name,
    Moment: moment_from,
    Count: size_from,
    Labels: _read_labels,
}
"""What reads a value of an unexpected type; by the expected one."""
