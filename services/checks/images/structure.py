"""The structure of an image, and the size above which it isn't decompressed."""

from dataclasses import dataclass
from enum import Enum, auto

from services.checks.images.source import Damaged
from services.system.language import _

MAX_PIXELS = 100_000_000
"""A larger image isn't decompressed. Servers may reject it as a decompression bomb."""


class End(Enum):
    """How an image ends. Decoders open all of these."""

    WHOLE = auto()
    MISSING = auto()
    """The end marker is missing or replaced by something else."""
    TRAILING_DATA = auto()
    """Bytes follow the end marker."""


@dataclass(frozen=True, slots=True)
class Structure:
    """A complete image."""

    width: int
    height: int
    """In pixels."""
    frames: int = 1
    """More than one in an animation."""
    end: End = End.WHOLE

    @property
    def pixels(self) -> int:
        """How many pixels a frame has."""
        return self.width * self.height


def checked_structure(
    width: int, height: int, frames: int = 1, *, end: End = End.WHOLE
) -> Structure:
    """Return the structure of an image. Raise Damaged if its width or height is 0."""
    if not width or not height:
        raise Damaged(_("The image's width or height is 0."))
    return Structure(width, height, frames, end)
