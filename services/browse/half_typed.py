"""Handles filters that are still being typed. No Qt."""

from collections.abc import Iterable

from msgspec import structs

from services.browse.conditions import Condition, ExtensionIs, Not, PurposeIs, StatusIs
from services.browse.file_filter import Query
from services.browse.filter_fields import FIELDS
from services.browse.filter_values import InvalidValue
from services.browse.seen_values import SeenValues


def expand_prefixes(query: Query, seen: SeenValues) -> Query:
    """Expand each value that no file has to the values that start with it.

    So `purpose:ba` finds files on the way to `purpose:batch`.
    """
    if not query.conditions:
        return query
    return structs.replace(
        query, conditions=tuple(_expand_prefixes(one, seen) for one in query.conditions)
    )


def may_become_valid(field: str, value: str) -> bool:
    """Whether an invalid value could become valid with more typing."""
    return any(_is_valid(field, value + extension) for extension in _ENDINGS)


def _expand_prefixes(condition: Condition, seen: SeenValues) -> Condition:
    match condition:
        case Not(inner):
            return Not(_expand_prefixes(inner, seen))
        case PurposeIs(purposes):
            return PurposeIs(_with_prefix_matches(purposes, seen.purposes))
        case StatusIs(statuses):
            return StatusIs(_with_prefix_matches(statuses, seen.statuses))
        case ExtensionIs(extensions):
            return ExtensionIs(
                _with_prefix_matches(extensions, (f".{extension}" for extension in seen.extensions))
            )
    return condition


def _with_prefix_matches(values: frozenset[str], seen: Iterable[str]) -> frozenset[str]:
    known = {one.casefold() for one in seen}
    typed = tuple(value for value in values - known if value)
    return values.union(one for one in known if one.startswith(typed))


def _is_valid(field: str, value: str) -> bool:
    try:
        FIELDS[field].parse((value,))
    except InvalidValue:
        return False
    return True


_EXAMPLES = ("today", "yesterday", "tomorrow", "never", "2000-01-01", "1.1MB", "1d", "none", "x")
_ENDINGS = tuple(one[start:] for one in _EXAMPLES for start in range(len(one)))
"""Endings that can complete a value. More of them would slow down typing."""
