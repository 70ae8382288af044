"""What is learned of an image from its order, and when it holds too much to be unpacked."""

from dataclasses import dataclass
from enum import Enum, auto

from services.checks.images.source import Damaged
from services.system.language import _

MOST_PIXELS = 100_000_000
"""An image of more is not unpacked here, and is likely to be refused or to be a trap elsewhere."""


class End(Enum):
    """What there is where an image should end; decoders open them all."""

    WHOLE = auto()
    MISSING = auto()
    """The mark of the end is not there, or something else is in its place."""
    MORE_BEHIND = auto()
    """Bytes follow the mark."""


@dataclass(frozen=True, slots=True)
class Structure:
    """A whole image."""

    width: int
    height: int
    """In pixels."""
    frames: int = 1
    """More than one in an animation."""
    end: End = End.WHOLE

    @property
    def pixels(self) -> int:
        """How many it has."""
        return self.width * self.height


def structure(width: int, height: int, frames: int = 1, *, end: End = End.WHOLE) -> Structure:
    """Make one of dimensions that were read; raise Damaged when there is no area."""
    if not width or not height:
        raise Damaged(_("The image has no area: its width or its height is 0."))
    return Structure(width, height, frames, end)
