"""How servers are asked for the next page of a list."""

from dataclasses import dataclass
from enum import Enum


class Cursor(Enum):
    """What marks the place in a list where the next page starts."""

    LAST_ID = "last ID"
    """The ID of the last file on the page before, as in the OpenAI API."""
    TOKEN = "token"
    """A text that the page before contains."""
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
