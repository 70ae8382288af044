"""Filters that are still being typed. No Qt."""

from collections.abc import Iterable

from msgspec import structs

from services.browse.conditions import Condition, EndingIs, Not, PurposeIs, StatusIs
from services.browse.file_filter import Query
from services.browse.filter_fields import FIELDS
from services.browse.filter_values import NotUnderstood
from services.browse.seen_values import SeenValues


def filled_out(query: Query, seen: SeenValues) -> Query:
    """With each value that no file has standing for those, too, that begin with it.

    So `purpose:ba` finds something on the way to `purpose:batch`, which finds nothing else.
    """
    if not query.conditions:
        return query
    return structs.replace(
        query, conditions=tuple(_filled_out(one, seen) for one in query.conditions)
    )


def may_go_on(field: str, value: str) -> bool:
    """Whether a value that says nothing is the beginning of one that does."""
    return any(_is_understood(field, value + ending) for ending in _ENDINGS)


def _filled_out(condition: Condition, seen: SeenValues) -> Condition:
    match condition:
        case Not(inner):
            return Not(_filled_out(inner, seen))
        case PurposeIs(purposes):
            return PurposeIs(_with_longer(purposes, seen.purposes))
        case StatusIs(statuses):
            return StatusIs(_with_longer(statuses, seen.statuses))
        case EndingIs(endings):
            return EndingIs(_with_longer(endings, (f".{ending}" for ending in seen.endings)))
    return condition


def _with_longer(values: frozenset[str], seen: Iterable[str]) -> frozenset[str]:
    known = {one.casefold() for one in seen}
    typed = tuple(value for value in values - known if value)
    return values.union(one for one in known if one.startswith(typed))


def _is_understood(field: str, value: str) -> bool:
    try:
        FIELDS[field].read((value,))
    except NotUnderstood:
        return False
    return True


_EXAMPLES = ("today", "yesterday", "tomorrow", "never", "2000-01-01", "1.1MB", "1d", "x")
_ENDINGS = tuple(one[start:] for one in _EXAMPLES for start in range(len(one)))
"""What makes a value whole; more would take longer than a key that is typed may."""
