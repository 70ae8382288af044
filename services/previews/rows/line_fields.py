"""The fields of the JSON object in a line, decoded only as far as they are needed."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from services.previews.rows.line_rows import (
    MAX_CELL_CHARACTERS,
    Column,
    OtherKind,
    Value,
    as_number,
    is_missing,
)

MAX_FIELDS = 30
"""How many keys of objects become columns."""
Fields = dict[str, msgspec.Raw]
"""Keys, and values as they are in the line."""
DECODING_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

decode = msgspec.json.Decoder().decode
"""Decodes a whole value."""
decode_fields = msgspec.json.Decoder(Fields).decode
"""Decodes an object, but not the values of its fields."""


def object_fields(line: bytes) -> Fields:
    """The fields of a line. Raises one of `DECODING_ERRORS`."""
    if not line.isascii():
        line.decode()  # what isn't decoded below isn't checked there
    return decode_fields(line)


def item_fields(line: bytes) -> Fields:
    """The fields of an eval's item. Raises one of `DECODING_ERRORS`, or `OtherKind`."""
    fields = object_fields(line)
    try:
        item = decode_fields(fields["item"])
    except (KeyError, msgspec.ValidationError):
        raise OtherKind from None
    if not item:
        raise OtherKind
    return item


def decoded_field(fields: Fields, key: str) -> object:
    """The value of a field; None if there is none. Raises one of `DECODING_ERRORS`."""
    raw = fields.get(key)
    return None if raw is None else decode(raw)


def read_fields(
    lines: Iterable[bytes], fields_of: Callable[[bytes], Fields] = object_fields
) -> list[Fields]:
    """The fields of those lines that can be read."""
    found = []
    for line in lines:
        try:
            found.append(fields_of(line))
        except (*DECODING_ERRORS, OtherKind):
            continue
    return found


def field_columns(objects: Sequence[Fields]) -> dict[str, Column]:
    """A column for each key, in the order in which they first occur."""
    keys = list(dict.fromkeys(key for fields in objects for key in fields))[:MAX_FIELDS]
    return {
        key: Column(
            f"field{number}",
            key[:MAX_CELL_CHARACTERS],
            are_numbers(fields.get(key) for fields in objects),
        )
        for number, key in enumerate(keys, 1)
    }


def are_numbers(values: Iterable[Value]) -> bool:
    """Whether all values that are there are numbers; False if there are none."""
    numbers = [as_number(value) is not None for value in values if value and not is_missing(value)]
    return bool(numbers) and all(numbers)
