"""How a list is requested: its page size, order and filter, and the next page."""

from dataclasses import dataclass
from enum import Enum

Pairs = tuple[tuple[str, str], ...]
"""Names and values of query parameters or form fields."""


class Cursor(Enum):
    """What identifies the next page of a list."""

    LAST_ID = "last ID"
    """The ID of the last file on the previous page, as in the OpenAI API."""
    TOKEN = "token"
    """A token in the previous page."""
    NUMBER = "number"
    """The number of the page."""
    NONE = "none"
    """Nothing: the list has only one page."""
    GUESSED = "guessed"
    """Whichever of these the previous page suggests."""


@dataclass(frozen=True, slots=True)
class Paging:
    """The query parameters of a list, and where the cursor comes from."""

    cursor: Cursor = Cursor.LAST_ID
    parameter: str = "after"
    """The query parameter for the cursor. The first page is requested without it."""
    limit_parameter: str = "limit"
    """The query parameter for the page size; empty if the server decides."""
    token_field: str = ""
    """For `TOKEN`: the field of a page that contains the token; without it, the list has ended."""
    first_number: int = 0
    """For `NUMBER`: the number of the first page."""
    newest_first: Pairs = (("order", "desc"),)
    """The parameters that put the newest files first; empty if the order can't be chosen."""
    purpose_parameter: str = "purpose"
    """The query parameter that leaves only files with a purpose; empty if there is none."""
    always: Pairs = ()
    """Parameters without which the server refuses to list."""


LAST_ID = Paging()
ONE_PAGE = Paging(
    Cursor.NONE, parameter="", limit_parameter="", newest_first=(), purpose_parameter=""
)
"""A list without any parameters."""
GUESSED = Paging(Cursor.GUESSED)

GUESSED_TOKENS = {
    "pagination_token": "pagination_token",
    "next_cursor": "cursor",
    "cursor": "cursor",
    "nextPageToken": "pageToken",
    "next_page_token": "page_token",
    "next_page": "page",
}
"""For `GUESSED`: where a page may have a token, and the query parameter for it."""
TOTAL = "total"
"""The field in which servers with numbered pages tell how many files there are."""
GUESSED_PURPOSE = "batch"
"""For `GUESSED`: what is listed on a server that lists nothing without a purpose."""
