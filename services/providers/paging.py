"""How the next page of a list is requested."""

from dataclasses import dataclass
from enum import Enum


class Cursor(Enum):
    """What identifies the next page of a list."""

    LAST_ID = "last ID"
    """The ID of the last file on the previous page, as in the OpenAI API."""
    TOKEN = "token"
    """A token in the previous page."""
    NUMBER = "number"
    """The number of the page."""


@dataclass(frozen=True, slots=True)
class Paging:
    """The query parameters of a list, and where the cursor comes from."""

    cursor: Cursor = Cursor.LAST_ID
    parameter: str = "after"
    """The query parameter for the cursor. The first page is requested without it."""
    limit_parameter: str = "limit"
    """The query parameter for the page size."""
    token_field: str = ""
    """For `TOKEN`: the field of a page that contains the token; without it, the list has ended."""
    first_number: int = 0
    """For `NUMBER`: the number of the first page."""


LAST_ID = Paging()
