"""Reads the parameters of a list request: limit, order, after, before."""

import re
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from services.sandbox import api_errors

LARGEST_PAGE = 100
USUAL_PAGE = 20


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which part of a list is asked for. `after` and `before` are IDs."""

    limit: int
    newest_first: bool
    after: str | None
    before: str | None


def list_query(query: QueryParams, *, has_order: bool = False) -> ListQuery:
    """The parameters of a list of jobs. Raises ApiError.

    Without `has_order`, the list has neither `order` nor `before`.
    """
    return ListQuery(
        limit_in(query, LARGEST_PAGE, usual=USUAL_PAGE),
        newest_first_in(query) if has_order else True,
        query.get("after") or None,
        (query.get("before") or None) if has_order else None,
    )


def limit_in(query: QueryParams, largest: int, *, usual: int) -> int:
    """The parameter `limit`. Raises ApiError."""
    text = query.get("limit", str(usual))
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise api_errors.limit_not_a_number()
    limit = int(text)
    if not 1 <= limit <= largest:
        raise api_errors.integer_out_of_range("limit", limit, 1, largest)
    return limit


def newest_first_in(query: QueryParams) -> bool:
    """Whether the parameter `order` is desc, as it usually is. Raises ApiError."""
    order = query.get("order", "desc")
    if order not in ("asc", "desc"):
        raise api_errors.order_unknown(order)
    return order == "desc"
