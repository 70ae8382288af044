"""Formats and parses file sizes, the same way in the services and the window."""

import re
from collections.abc import Iterable

import msgspec

from services.system.language import _
from services.system.locale_format import decimal, locale_format, whole

KB = 1000
MB = 1000 * KB
GB = 1000 * MB
TB = 1000 * GB


def format_size(size: int | None) -> str:
    """A size in readable form: “12 KB”, “41.7 MB”, “388.0 MB”; a dash if unknown.

    Units are decimal, as in the API's documentation and in desktop file managers.
    """
    if size is None:
        return "—"
    if size < KB:
        return _("{number} bytes").format(number=whole(size)) if size != 1 else _("1 byte")
    if size < MB:
        if size < MB - KB / 2:
            return _("{number} KB").format(number=whole(rounded(size, KB)))
        size = MB
    for limit, unit, text in (
        (GB, MB, _("{number} MB")),
        (TB, GB, _("{number} GB")),
    ):
        if size < limit - unit / 20:
            return text.format(number=decimal(rounded(10 * size, unit) / 10))
    return _("{number} TB").format(number=decimal(rounded(10 * size, TB) / 10))


def format_sizes(sizes: Iterable[int | None]) -> list[str]:
    """The same as `format_size` for each, but several times faster for many."""
    texts: dict[int | None, str] = {}
    formatted = []
    for size in sizes:
        # Sizes that round to the same number of tenths look the same.
        key = size
        if size is not None and MB <= size < GB - MB:
            key = -((size + MB // 20) // (MB // 10))
        text = texts.get(key)
        if text is None:
            text = texts[key] = format_size(size)
        formatted.append(text)
    return formatted


def rounded(size: int, unit: int) -> int:
    """The size in units, rounded half up. The size filter rounds the same way as the display."""
    return (2 * size + unit) // (2 * unit)


def exact_size(size: int) -> str:
    """A size in a form that `parse_size` reads back exactly: “2.5 TB”, “1,500,001”."""
    for unit, name in ((TB, "TB"), (GB, "GB"), (MB, "MB"), (KB, "KB")):
        units, rest = divmod(size, unit)
        thousandths, remainder = divmod(rest * 1000, unit)
        if units and not remainder:
            return f"{units}.{thousandths:03}".rstrip("0").rstrip(".") + f" {name}"
    return f"{size:,}"


class ParsedSize(msgspec.Struct, frozen=True):
    """A size that a user typed."""

    size: int
    """In bytes."""
    step: int
    """The value of one in its last digit, in bytes: 100,000 in “41.7 MB”."""


def parse_size(text: str) -> ParsedSize | None:
    """Parse a size such as “10MB”, “1.5 GiB”, “2,000 kb” or “512”; None if it's not valid.

    Case doesn't matter. `KB` to `TB`, or just the letter, are decimal; `KiB` to `TiB` are powers of
    1024; without a unit, it's bytes. A text that isn't valid in English format is parsed in the
    user's locale: “1,5 GB”, “2.000 kb”.
    """
    text = text.strip()
    match = _SIZE.fullmatch(text) or _SIZE.fullmatch(_from_locale(text))
    if match is None:
        return None
    digits, part, letter, binary = match.group("whole", "part", "letter", "binary")
    unit = (1024 if binary else KB) ** " kmgt".index((letter or " ").lower())
    part = part or ""
    size = int(digits.replace(",", "") + part) * unit // 10 ** len(part)
    return ParsedSize(size, max(1, unit // 10 ** len(part)))


def _from_locale(text: str) -> str:
    form = locale_format()
    signs = str.maketrans({form.group[:1] or ",": ",", form.point[:1] or ".": "."})
    return text if form.point == "." else text.translate(signs)


# Limits the number of digits, so that the size roughly fits in 64 bits.
_SIZE = re.compile(
    r"""(?P<whole> [0-9]{1,3} (?: ,[0-9]{3} ){1,5} | [0-9]{1,18} ) (?: \.(?P<part> [0-9]{1,9} ) )?
        \s* (?: (?P<letter> [kmgt] ) (?: (?P<binary> i ) b | b )? | b | bytes? )?""",
    re.VERBOSE | re.IGNORECASE,
)
