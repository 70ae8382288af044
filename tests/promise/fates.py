"""What a server with a will of its own does with each request: frozen values, drawn beforehand.

Only what no client could find out is left out: a file that is answered for and not kept, and lies
about content that agree with each other.
"""

from dataclasses import dataclass
from enum import Enum, auto

from tests.promise.renaming import Renaming
from tests.support.server_faults import Framing


class Said(Enum):
    """How an upload or a delete is answered."""

    RIGHT = auto()
    CUT = auto()
    """The connection ends without an answer."""
    FAILED = auto()
    """500."""
    GATEWAY = auto()
    """502 with a page of HTML."""
    GARBLED = auto()
    """200, and half of the JSON."""
    ODD = auto()
    """200, and JSON that names no file."""
    REFUSED = auto()
    """400."""
    BUSY = auto()
    """429 and when to come again."""
    OVERLOADED = auto()
    """503 and when to come again."""


MEANS_NOT_DONE = frozenset({Said.REFUSED, Said.BUSY, Said.OVERLOADED})
"""Whoever says this has not carried the request out."""


@dataclass(frozen=True)
class UploadFate:
    """What becomes of one upload that came whole."""

    said: Said = Said.RIGHT
    kept: bool = True
    listed_after: int = 0
    """Seconds until listings have it."""
    held: bool = False
    """It is answered only when the course says so."""
    damaged: bool = False
    """The last byte is lost, and the server says how many bytes it has."""

    @property
    def is_kept(self) -> bool:
        """Whether there is a file of it."""
        return self.said is Said.RIGHT or (self.kept and self.said not in MEANS_NOT_DONE)


@dataclass(frozen=True)
class DeleteFate:
    """What becomes of one request to delete a file that is there."""

    said: Said = Said.RIGHT
    carried_out: bool = True
    held: bool = False

    @property
    def is_carried_out(self) -> bool:
        """Whether the file is gone."""
        return self.said is Said.RIGHT or (self.carried_out and self.said not in MEANS_NOT_DONE)


class RangeHabit(Enum):
    """What is done with a Range."""

    OBEYED = auto()
    PASSED_OVER = auto()
    """200, and all of it."""
    ANOTHER_START = auto()
    ANOTHER_ETAG = auto()
    REFUSED = auto()
    """416, also where there is more."""


class Tag(Enum):
    """The ETag of a content."""

    STRONG = auto()
    WEAK = auto()
    NONE = auto()
    NEW_EACH_TIME = auto()


@dataclass(frozen=True)
class ContentFate:
    """How a content is given once. `cut` and `held` are where in the body, in tenths."""

    status: int = 200
    framing: Framing = Framing.LENGTH
    packed: bool = False
    cut: int | None = None
    held: int | None = None
    length_lie: int = 0
    tag: Tag = Tag.STRONG
    ranges: RangeHabit = RangeHabit.OBEYED
    changes: bool = False
    """Before it is given, somebody replaces it by other content."""


class Paging(Enum):
    """The order of a listing, whatever was asked for."""

    NEWEST = auto()
    OLDEST = auto()
    ANY = auto()


class MoreSaid(Enum):
    """What `has_more` is."""

    TRUE = auto()
    """As things are."""
    MISSING = auto()
    ALWAYS = auto()
    """Also on the empty page at the end."""
    BREAKS_OFF = auto()
    """There is more, but after the first page it is never given."""


class ContentRule(Enum):
    """Whether the content of what was uploaded is given back."""

    GIVEN = auto()
    REFUSED = auto()
    FAILS = auto()


@dataclass(frozen=True)
class ServerWill:
    """What a server is like throughout."""

    renaming: Renaming = Renaming.NONE
    ahead: int = 0
    """Seconds that its clock is ahead of the true time."""
    dated: bool = True
    """Whether its files say when they were made."""
    sends_date: bool = True
    """Whether its answers have a `Date`."""
    paging: Paging = Paging.NEWEST
    largest_page: int = 100
    more_said: MoreSaid = MoreSaid.TRUE
    content: ContentRule = ContentRule.GIVEN
    lists: bool = True
    unlisted_between: tuple[int, int] = (0, 0)
    """Seconds of the course between which it does not list."""
