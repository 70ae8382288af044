"""Parts of decoded JSON that may have any type, whatever is documented."""

import json
from collections.abc import Mapping

JsonObject = Mapping[str, object]


def object_in(value: object) -> JsonObject:
    """The value if it's an object, or else an empty one."""
    return value if isinstance(value, dict) else {}


def first_in(value: object) -> JsonObject:
    """The first in a list of objects; an empty one if there is none."""
    return object_in(value[0]) if isinstance(value, list) and value else {}


def text_in(value: object) -> str | None:
    """The value if it's a text that isn't empty."""
    return value if isinstance(value, str) and value else None


def int_in(value: object) -> int | None:
    """The value if it's a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_text(value: object) -> str:
    """A text as it is, nothing for null, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else as_json(value)


def as_json(value: object) -> str:
    """A value as JSON."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return "…"
