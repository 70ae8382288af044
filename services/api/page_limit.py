"""How many files to request per page: as many as possible, fewer if the server refuses.

The API allows 10,000, some servers 1,000 or 100, and a few know no `limit` at all.
"""

import re
from collections.abc import Callable

from services.api.file_page import FilePage
from services.problems.errors import FilesError

LARGEST_PAGE = 10_000
"""The most that the API allows."""

_LEFT_OUT = 0
"""Stands for a request without a limit."""
_STEPS = (1000, 100, _LEFT_OUT)
_FEWEST = 10
"""A smaller number in a refusal can't be a page size."""

_INVALID = 422
_LIMIT = re.compile(
    r"(?<!\brate )(?<!\bstorage )(?<!\bquota )(?<!\busage )(?<!\bsize )(?<!\btoken )\blimit\b",
    re.IGNORECASE,
)
_OTHER_PARAMETERS = re.compile(r"\b(?:after|order|purpose)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?![\w]|[.,]\d)")


class PageLimit:
    """The largest page that one server was found to allow. Thread-safe."""

    def __init__(self, largest: int = LARGEST_PAGE) -> None:
        """`largest` is what its provider is said to give."""
        self._largest = largest

    @property
    def largest(self) -> int:
        """The largest limit that works, as far as is known; 0 if no limit may be sent."""
        return self._largest

    def ask(self, limit: int, ask: Callable[[int | None], FilePage]) -> FilePage:
        """Call `ask` for a page of so many files, or of fewer if the server refuses that.

        `ask` gets the limit to send, and raises FilesError. The page says what was sent. The limit
        that works after a refusal is remembered; if none works, the first refusal is raised.
        """
        sent = min(limit, self._largest)
        refusals: list[FilesError] = []
        while True:
            try:
                page = ask(sent or None)
            except FilesError as error:
                if not refuses_limit(error):
                    raise
                refusals.append(error)
                smaller = smaller_limit(error, sent, told=len(refusals) == 1)
                if smaller is None:
                    raise refusals[0] from None
                sent = smaller
            else:
                if refusals:
                    self._largest = min(sent, self._largest)
                return page


def refuses_limit(error: FilesError) -> bool:
    """Whether a page was refused for its limit, as far as the answer shows."""
    problem = error.problem
    if problem.status not in (400, _INVALID):
        return False
    if error.param:
        return error.param.lower().endswith("limit")
    if _LIMIT.search(problem.detail):
        return True
    # Nothing but the parameters of a listing can be invalid.
    return problem.status == _INVALID and not _OTHER_PARAMETERS.search(problem.detail)


def smaller_limit(error: FilesError, sent: int, *, told: bool) -> int | None:
    """The limit to try after a refused one; 0 is to send none, None when there is nothing to try.

    `told` says whether a number in the refusal is taken at its word.
    """
    if told:
        numbers = [int(found.replace(",", "")) for found in _NUMBER.findall(error.problem.detail)]
        fitting = [number for number in numbers if _FEWEST <= number < sent]
        if fitting:
            return max(fitting)
    return next((step for step in _STEPS if step < sent), None)
