"""How images are decoded. It's up to the window, because the services don't know about pictures."""

from collections.abc import Callable
from pathlib import Path

import msgspec


def _no_image(_content: object) -> None:
    """Decode nothing."""


class ImageDecoders(msgspec.Struct, frozen=True):
    """Called on worker threads. What they return reaches the window in an event."""

    small: Callable[[bytes], object] = _no_image
    """Decodes an image as large as an inspector needs; None if it can't."""
    whole: Callable[[Path], object] = _no_image
    """Decodes an image file with all its pixels, or returns why it can't."""


NO_IMAGES = ImageDecoders()
"""Shows no images."""
