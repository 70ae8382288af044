"""Checks images for vision: they must be of a supported type, and complete.

Sources: the guide on image input (PNG, JPEG, WEBP and non-animated GIF, and at most 50 MB of images
per request). For the formats, see `services/checks/images`.
"""

from collections.abc import Callable

from services.checks.finding import Finding, ReportFinding
from services.checks.image_type import ImageType, image_type
from services.checks.images.gif import read_gif
from services.checks.images.jpeg import read_jpeg
from services.checks.images.png import read_png
from services.checks.images.source import Damaged, Readable, Source, Truncated
from services.checks.images.structure import MAX_PIXELS, End, Structure
from services.checks.images.webp import read_webp
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.cancellation import CancelToken
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import MB

_HEAD = 32

_READERS: dict[ImageType, Callable[[Source], Structure]] = {
    ImageType.PNG: read_png,
    ImageType.JPEG: read_jpeg,
    ImageType.GIF: read_gif,
    ImageType.WEBP: read_webp,
}


class ImageCheck:
    """Checks one image without decompressing it into memory."""

    def __init__(self, report: ReportFinding, limits: Limits) -> None:
        self._report = report
        self._limits = limits
        self._facts: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The type and dimensions, as far as known."""
        return self._facts

    def check(
        self,
        opened: Readable,
        name: str,
        size: int,
        token: CancelToken,
        progress: Callable[[int], None],
    ) -> None:
        """Read the image from start to end. Raise Cancelled or OSError."""
        head = opened.read(_HEAD) or b""
        kind = image_type(head)
        if kind is None:
            self._error("image.type", _wrong_type_text(head))
            return
        self._check_name(kind, name)
        try:
            found = _READERS[kind](Source(_WithHead(head, opened), token, progress))
        except Truncated:
            self._error(
                "image.truncated",
                _(
                    "The image is cut off: it ends after {size} bytes. Save or copy it again."
                ).format(size=whole(size)),
            )
            return
        except Damaged as why:
            self._error(
                "image.damaged",
                _("The image is damaged. {why} Save or copy it again.").format(why=why),
            )
            return
        self._report_structure(kind, found)
        limit = self._limits.image_bytes
        if limit is not None and size > limit:
            self._warning(
                "image.too_large",
                _("The image is larger than {limit} MB, the limit for a request.").format(
                    limit=whole(limit // MB)
                ),
            )

    def _report_structure(self, kind: ImageType, found: Structure) -> None:
        dimensions = _("{width} × {height} pixels").format(
            width=whole(found.width), height=whole(found.height)
        )
        self._facts = (kind.name, dimensions)
        if found.pixels > MAX_PIXELS:
            self._warning(
                "image.pixels",
                _(
                    "The image has {dimensions}, which takes {size} MB of memory. "
                    "Models scale it down anyway, so make it smaller."
                ).format(dimensions=dimensions, size=whole(found.pixels * 4 // MB)),
            )
        if found.end is End.TRAILING_DATA:
            self._warning(
                "image.trailing_data",
                _("There is extra data after the end of the image. Save it again to be safe."),
            )
        elif found.end is End.MISSING:
            self._warning(
                "image.end",
                _("The end of the image is missing or damaged. Save it again to be safe."),
            )
        if kind is ImageType.GIF and found.frames > 1:
            self._report(
                Finding(
                    self._limits.severity,
                    _("Animated GIFs aren't accepted."),
                    rule="image.animated",
                )
            )

    def _check_name(self, kind: ImageType, name: str) -> None:
        dot = name.rfind(".")
        extension = name[dot:].lower() if dot > 0 else ""
        known = {suffix for one in ImageType for suffix in one.suffixes}
        if extension in known and extension not in kind.suffixes:
            self._warning(
                "image.extension",
                _(
                    "This is a {type} image, but its name ends in {extension}. Rename it to {suffix}."
                ).format(type=kind.name, extension=extension, suffix=kind.suffixes[0]),
            )

    def _error(self, rule: str, text: str) -> None:
        self._report(Finding(Severity.ERROR, text, rule=rule))

    def _warning(self, rule: str, text: str) -> None:
        self._report(Finding(Severity.WARNING, text, rule=rule))


class _WithHead:
    """A file whose first bytes have already been read."""

    def __init__(self, head: bytes, opened: Readable) -> None:
        self._head = head
        self._opened = opened

    def read(self, size: int, /) -> bytes | None:
        head, self._head = self._head, b""
        return head or self._opened.read(size)


_OTHER_TYPES = (
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\0\0\1\0", "ICO"),
    (b"%PDF", "PDF"),
    (b"<svg", "SVG"),
    (b"PK\3\4", "ZIP"),
)
_ISO_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"avif": "AVIF"}


def _wrong_type_text(head: bytes) -> str:
    other = next((name for mark, name in _OTHER_TYPES if head.startswith(mark)), None)
    if head[4:8] == b"ftyp":
        other = _ISO_BRANDS.get(head[8:12], other)
    if other is None:
        return _("This isn't a supported image. Use PNG, JPEG, WEBP or GIF.")
    return _("This is a {type} file. Convert it to PNG, JPEG, WEBP or GIF.").format(type=other)
