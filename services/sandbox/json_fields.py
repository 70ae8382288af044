"""Reads the fields of a JSON request body, with the official service's errors for wrong ones."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request

from services.sandbox import api_errors

_LARGEST_BODY = 1024 * 1024
_MAX_METADATA = 16
_LONGEST_KEY = 64
_LONGEST_VALUE = 512

TYPE_NAMES = {
    type(None): "null",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    list: "an array",
    dict: "an object",
}
"""What the official service's messages call the types of JSON."""


async def read_fields(request: Request) -> "JsonFields":
    """Read the body of a request. Raises ApiError."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_BODY:
            raise api_errors.json_unreadable()
    try:
        fields = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise api_errors.json_unreadable() from None
    if not isinstance(fields, dict):
        raise api_errors.json_unreadable()
    return JsonFields(fields)


class JsonFields:
    """The fields of an object in a request body. All methods raise ApiError for a wrong value.

    `place` is what comes before the names in messages, such as “expires_after.”.
    """

    def __init__(self, fields: dict[str, Any], place: str = "") -> None:
        self._fields = fields
        self._place = place

    def only(self, *names: str) -> "JsonFields":
        """Itself, if it has no other fields."""
        for name in self._fields:
            if name not in names:
                raise api_errors.parameter_unknown(self._place + name)
        return self

    def has(self, name: str) -> bool:
        """Whether there is such a field, even if it's null."""
        return name in self._fields

    def text(self, name: str) -> str:
        """A required text."""
        value = self.optional_text(name)
        if value is None:
            raise api_errors.parameter_missing(self._place + name)
        return value

    def optional_text(self, name: str, *, longest: int | None = None) -> str | None:
        """A text; None if it's missing or null."""
        value = self._typed(name, str, "a string")
        if isinstance(value, str) and longest is not None and len(value) > longest:
            raise api_errors.text_too_long(self._place + name, longest, len(value))
        return value if isinstance(value, str) else None

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """A required text that is one of `allowed`."""
        value = self.text(name)
        if value not in allowed:
            raise api_errors.value_unknown(self._place + name, value, allowed)
        return value

    def integer(self, name: str, lowest: int, highest: int) -> int:
        """A required integer in a range."""
        value = self.optional_integer(name, lowest, highest)
        if value is None:
            raise api_errors.parameter_missing(self._place + name)
        return value

    def optional_integer(self, name: str, lowest: int, highest: int) -> int | None:
        """An integer in a range; None if it's missing or null."""
        value = self._typed(name, int, "an integer")
        if not isinstance(value, int):
            return None
        if not lowest <= value <= highest:
            raise api_errors.integer_out_of_range(self._place + name, value, lowest, highest)
        return value

    def number_or_auto(
        self, name: str, lowest: int, highest: int, *, whole: bool = False
    ) -> int | float | str:
        """A number in a range, or “auto”, also if it's missing or null."""
        value = self._fields.get(name)
        if value is None or value == "auto":
            return "auto"
        if type(value) is not int and (whole or type(value) is not float):
            called = "an integer" if whole else "a decimal"
            raise api_errors.type_wrong(self._place + name, called, TYPE_NAMES[type(value)])
        if not lowest <= value <= highest:
            raise api_errors.integer_out_of_range(self._place + name, value, lowest, highest)
        return value

    def texts(self, name: str, *, most: int) -> list[str]:
        """A list of texts; empty if it's missing or null."""
        values = self._typed(name, list, "an array") or []
        for index, value in enumerate(values):
            if not isinstance(value, str):
                raise api_errors.type_wrong(
                    f"{self._place}{name}[{index}]", "a string", TYPE_NAMES[type(value)]
                )
        if len(values) > most:
            raise api_errors.array_too_long(self._place + name, most, len(values))
        return values

    def inner(self, name: str) -> "JsonFields | None":
        """The fields of an object; None if it's missing or null."""
        value = self._typed(name, dict, "an object")
        return None if value is None else JsonFields(value, f"{self._place}{name}.")

    def plain(self, name: str) -> dict[str, Any] | None:
        """An object as it is; None if it's missing or null."""
        value = self._typed(name, dict, "an object")
        return value if isinstance(value, dict) else None

    def metadata(self) -> dict[str, str] | None:
        """The field `metadata`: up to 16 short texts by short names."""
        return self._pairs("metadata", (str,))

    def attributes(self) -> dict[str, str | float | bool] | None:
        """The field `attributes`: like the metadata, but also numbers and booleans."""
        return self._pairs("attributes", (str, int, float, bool))

    def _pairs(self, name: str, kinds: tuple[type, ...]) -> dict[str, Any] | None:
        values = self.plain(name)
        if values is None:
            return None
        if len(values) > _MAX_METADATA:
            raise api_errors.too_many_properties(name, _MAX_METADATA, len(values))
        for key, value in values.items():
            place = f"{name}.{key}"
            if len(key) > _LONGEST_KEY:
                raise api_errors.text_too_long(name, _LONGEST_KEY, len(key))
            if type(value) not in kinds:
                raise api_errors.type_wrong(place, "a string", TYPE_NAMES[type(value)])
            if isinstance(value, str) and len(value) > _LONGEST_VALUE:
                raise api_errors.text_too_long(place, _LONGEST_VALUE, len(value))
        return values

    def _typed(self, name: str, kind: type, called: str) -> Any:
        value = self._fields.get(name)
        if value is not None and type(value) is not kind:
            raise api_errors.type_wrong(self._place + name, called, TYPE_NAMES[type(value)])
        return value
