"""Detects the type of an image from its first bytes.

The types are those in the guide on image input: PNG, JPEG, WEBP and GIF.
"""

from enum import Enum


class ImageType(Enum):
    """An image type that the official service accepts, with its extensions in lowercase."""

    PNG = (".png",)
    JPEG = (".jpg", ".jpeg")
    GIF = (".gif",)
    WEBP = (".webp",)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The extensions, the usual one first."""
        suffixes: tuple[str, ...] = self.value
        return suffixes


def image_type(beginning: bytes) -> ImageType | None:
    """Return the type of an image that begins like this, or None. 12 bytes are enough."""
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageType.PNG
    if beginning.startswith(b"\xff\xd8\xff"):
        return ImageType.JPEG
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        return ImageType.GIF
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return ImageType.WEBP
    return None
