"""Which type of image a file is, by its first bytes.

The types are those that the guide on image input names: PNG, JPEG, WEBP and GIF.
"""

from enum import Enum


class ImageType(Enum):
    """A type that the official service takes, with its endings in lower case."""

    PNG = (".png",)
    JPEG = (".jpg", ".jpeg")
    GIF = (".gif",)
    WEBP = (".webp",)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of its names, the usual one first."""
        suffixes: tuple[str, ...] = self.value
        return suffixes


def image_type(beginning: bytes) -> ImageType | None:
    """The type of the image that begins so; 12 bytes are enough."""
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageType.PNG
    if beginning.startswith(b"\xff\xd8\xff"):
        return ImageType.JPEG
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        return ImageType.GIF
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return ImageType.WEBP
    return None
