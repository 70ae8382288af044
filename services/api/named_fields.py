"""Finds the parts of an answer under the names that a server uses for them."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from services.providers.answer_names import (
    ALSO_SEEN,
    ENVELOPE,
    OFFICIAL_NAMES,
    AnswerNames,
    folded,
)

_END = 4096
"""Bytes at either end of a page, where its first and last objects are."""
_SIMILAR = frozenset(
    folded(name) for name in (*ALSO_SEEN, *(name for names in ALSO_SEEN.values() for name in names))
)
_OFFICIAL = frozenset(getattr(OFFICIAL_NAMES, attribute) for attribute in ALSO_SEEN)
_FIELD = re.compile(rb'"([A-Za-z_]{4,20})"\s*:')


class NamedFields:
    """The fields of one object, by their official names."""

    def __init__(self, fields: Mapping[Any, Any], names: AnswerNames) -> None:
        self._fields = fields
        self._names = names
        self._folded: dict[str, Any] | None = None

    @property
    def id(self) -> object:
        """What identifies the object: the end of a path, if the server uses paths."""
        value = self.get("id")
        if self._names.id != OFFICIAL_NAMES.id and isinstance(value, str):
            return value.rpartition("/")[2]
        return value

    def get(self, attribute: str) -> object:
        """The value for an attribute of `AnswerNames`; None if there is none under any name."""
        name = getattr(self._names, attribute)
        value = self._fields.get(name)
        if value is not None or name != getattr(OFFICIAL_NAMES, attribute):
            return value
        if self._folded is None:
            # The first of two names that differ only in case wins.
            self._folded = {
                folded(key): one
                for key, one in reversed(list(self._fields.items()))
                if isinstance(key, str)
            }
        for other in _folded_names(name, attribute):
            value = self._folded.get(other)
            if value is not None:
                return value
        return None


def may_have_other_names(body: bytes) -> bool:
    """Whether the first or last objects of a page seem to have fields with unofficial names."""
    found = {name.decode() for name in _FIELD.findall(body[:_END] + body[-_END:])}
    return any(folded(name) in _SIMILAR for name in found - _OFFICIAL)


def items_in(decoded: object, names: AnswerNames) -> object:
    """What a page has where its list should be; None if it's missing or null."""
    if not isinstance(decoded, Mapping):
        return None
    return NamedFields(decoded, names).get("items")


def unwrapped(decoded: object) -> object:
    """The answer without an envelope around it."""
    if isinstance(decoded, dict) and "id" not in decoded:
        inner = decoded.get(ENVELOPE)
        if isinstance(inner, dict):
            return inner
    return decoded


def object_type(decoded: object) -> str:
    """The `object` field of a decoded object, in lower case; empty if it has none."""
    kind = None
    if isinstance(decoded, dict):
        kind = decoded.get("object", decoded.get("Object"))  # LocalAI writes it in upper case
    return kind.lower() if isinstance(kind, str) else ""


@cache
def _folded_names(name: str, attribute: str) -> tuple[str, ...]:
    return tuple(folded(one) for one in (name, *ALSO_SEEN.get(attribute, ())))
