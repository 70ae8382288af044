"""How many files to request per page: as many as possible, fewer if the server refuses.

The API allows 10,000, some servers 1,000 or 100, and a few don't support `limit` at all.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from services.problems.errors import FilesError

LARGEST_PAGE = 10_000
"""The most that the API allows."""

Page = TypeVar("Page")

_NO_LIMIT = 0
"""Stands for a request without `limit`."""
_STEPS = (1000, 100, _NO_LIMIT)
_FEWEST = 10
"""A smaller number in an error message isn't a page size."""

_INVALID = 422
_LIMIT = re.compile(
    r"(?<!\brate )(?<!\bstorage )(?<!\bquota )(?<!\busage )(?<!\bsize )(?<!\btoken )\blimit\b",
    re.IGNORECASE,
)
_OTHER_PARAMETERS = re.compile(r"\b(?:after|filter|order|purpose)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?![\w]|[.,]\d)")


class PageLimit:
    """The largest page that a server allows, learned from its responses. Thread-safe."""

    def __init__(self, largest: int = LARGEST_PAGE) -> None:
        """`largest` is the provider's documented limit."""
        self._largest = largest

    @property
    def largest(self) -> int:
        """The largest limit known to work; 0 if the server rejects any limit."""
        return self._largest

    def fetch(self, limit: int, fetch_page: Callable[[int | None], Page]) -> Page:
        """Call `fetch_page` for a page of `limit` objects, or fewer if the server refuses that many.

        `fetch_page` gets the limit to send, and raises FilesError. The returned page has the limit that
        was sent. A limit that works after a refusal is remembered; if none works, the first error
        is raised.
        """
        sent = min(limit, self._largest)
        errors: list[FilesError] = []
        while True:
            try:
                page = fetch_page(sent or None)
            except FilesError as error:
                if not refuses_limit(error):
                    raise
                errors.append(error)
                smaller = smaller_limit(error, sent, trust_numbers=len(errors) == 1)
                if smaller is None:
                    raise errors[0] from None
                sent = smaller
            else:
                if errors:
                    self._largest = min(sent, self._largest)
                return page


def refuses_limit(error: FilesError) -> bool:
    """Whether a page was refused because of its limit, as far as the error shows."""
    problem = error.problem
    if problem.status not in (400, _INVALID):
        return False
    if error.param:
        return error.param.lower().endswith("limit")
    if _LIMIT.search(problem.detail):
        return True
    # A list request has nothing but its parameters that could be invalid.
    return problem.status == _INVALID and not _OTHER_PARAMETERS.search(problem.detail)


def smaller_limit(error: FilesError, sent: int, *, trust_numbers: bool) -> int | None:
    """The limit to try after a refused one: 0 to send none, None if there is nothing left to try.

    With `trust_numbers`, a number in the error message is taken to be the server's limit.
    """
    if trust_numbers:
        numbers = [int(found.replace(",", "")) for found in _NUMBER.findall(error.problem.detail)]
        fitting = [number for number in numbers if _FEWEST <= number < sent]
        if fitting:
            return max(fitting)
    return next((step for step in _STEPS if step < sent), None)
