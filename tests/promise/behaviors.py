"""How the model server behaves, for each request and in general: frozen values, drawn in advance.

Left out is only what no client could detect: files that are acknowledged but not stored, and
consistent lies about content.
"""

from dataclasses import dataclass
from enum import Enum, auto

from tests.promise.renaming import Renaming
from tests.support.server_faults import Framing


class Response(Enum):
    """The response to an upload or a delete."""

    CORRECT = auto()
    CUT = auto()
    """The connection closes without a response."""
    FAILED = auto()
    """500."""
    GATEWAY = auto()
    """502 with an HTML page."""
    GARBLED = auto()
    """200 with truncated JSON."""
    ODD = auto()
    """200 with JSON that describes no file."""
    REJECTED = auto()
    """400."""
    BUSY = auto()
    """429 with a retry time."""
    OVERLOADED = auto()
    """503 with a retry time."""


REJECTIONS = frozenset({Response.REJECTED, Response.BUSY, Response.OVERLOADED})
"""After these responses, the request certainly had no effect."""


@dataclass(frozen=True)
class UploadBehavior:
    """What happens to an upload that arrived completely."""

    response: Response = Response.CORRECT
    stored: bool = True
    listed_after: int = 0
    """Seconds until listings include it."""
    held: bool = False
    """The response is held back until the scenario releases it."""
    damaged: bool = False
    """The last byte is lost, and the server reports the shorter size."""

    @property
    def is_stored(self) -> bool:
        """Whether it creates a file."""
        return self.response is Response.CORRECT or (
            self.stored and self.response not in REJECTIONS
        )


@dataclass(frozen=True)
class DeleteBehavior:
    """What happens to a request to delete an existing file."""

    response: Response = Response.CORRECT
    carried_out: bool = True
    held: bool = False

    @property
    def is_carried_out(self) -> bool:
        """Whether it deletes the file."""
        return self.response is Response.CORRECT or (
            self.carried_out and self.response not in REJECTIONS
        )


class RangeSupport(Enum):
    """How range requests are handled."""

    SUPPORTED = auto()
    IGNORED = auto()
    """200 with the whole content."""
    WRONG_START = auto()
    WRONG_ETAG = auto()
    REJECTED = auto()
    """416, even for a valid range."""


class ETag(Enum):
    """The kind of ETag of a file's content."""

    STRONG = auto()
    WEAK = auto()
    NONE = auto()
    NEW_EACH_TIME = auto()


@dataclass(frozen=True)
class ContentBehavior:
    """How one download is answered. `cut` and `held` are positions in the body, in tenths."""

    status: int = 200
    framing: Framing = Framing.LENGTH
    gzip: bool = False
    cut: int | None = None
    held: int | None = None
    length_lie: int = 0
    tag: ETag = ETag.STRONG
    ranges: RangeSupport = RangeSupport.SUPPORTED
    changes: bool = False
    """Somebody replaces the content first."""


class Paging(Enum):
    """The order of listings, whatever the client requests."""

    NEWEST = auto()
    OLDEST = auto()
    ANY = auto()


class HasMore(Enum):
    """What listings say in `has_more`."""

    TRUE = auto()
    """The truth."""
    MISSING = auto()
    ALWAYS = auto()
    """True even on the empty last page."""
    CUT_SHORT = auto()
    """True after the first page, but the next page is empty."""


class ContentRule(Enum):
    """Whether uploaded files can be downloaded."""

    GIVEN = auto()
    REJECTED = auto()
    FAILS = auto()


@dataclass(frozen=True)
class ServerTraits:
    """How a server behaves in general."""

    renaming: Renaming = Renaming.NONE
    ahead: int = 0
    """How far its clock is ahead of the true time, in seconds."""
    dated: bool = True
    """Whether its files have a `created_at`."""
    sends_date: bool = True
    """Whether its responses have a `Date`."""
    paging: Paging = Paging.NEWEST
    largest_page: int = 100
    has_more: HasMore = HasMore.TRUE
    content: ContentRule = ContentRule.GIVEN
    lists: bool = True
    unlisted_between: tuple[int, int] = (0, 0)
    """When listings fail, as start and end in seconds since the start of the scenario."""
