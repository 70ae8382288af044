"""Byte counts in words, the same on both sides of the seam."""

import re

import msgspec

from services.system.language import _
from services.system.locale_format import decimal, locale_format, whole

KB = 1000
MB = 1000 * KB
GB = 1000 * MB
TB = 1000 * GB


def size_in_words(size: int | None) -> str:
    """A byte count as people write it: “12 KB”, “41.7 MB”, “388.0 MB”; a dash when unknown.

    Units are decimal, as the API's documents and the desktops' file managers count.
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


def rounded(size: int, unit: int) -> int:
    """How many units that is, rounded half up. The size filter does the same, to find what is shown."""
    return (2 * size + unit) // (2 * unit)


def size_as_written(size: int) -> str:
    """A size as `read_size` reads it back, without rounding: “2.5 TB”, “1,500,001”."""
    for unit, name in ((TB, "TB"), (GB, "GB"), (MB, "MB"), (KB, "KB")):
        units, rest = divmod(size, unit)
        thousandths, odd = divmod(rest * 1000, unit)
        if units and not odd:
            return f"{units}.{thousandths:03}".rstrip("0").rstrip(".") + f" {name}"
    return f"{size:,}"


class WrittenSize(msgspec.Struct, frozen=True):
    """A size that a person wrote."""

    size: int
    """In bytes."""
    step: int
    """How many bytes one more in its last digit is worth: 100,000 in “41.7 MB”."""


def read_size(text: str) -> WrittenSize | None:
    """The size that “10MB”, “1.5 GiB”, “2,000 kb” or “512” says; None when it says none.

    Units in any case: `KB` to `TB` and the letter alone are decimal as above, `KiB` to `TiB`
    count by 1024; without a unit it is bytes. What makes no sense so is read as the person's
    locale writes numbers: “1,5 GB”, “2.000 kb”.
    """
    text = text.strip()
    written = _WRITTEN.fullmatch(text) or _WRITTEN.fullmatch(_from_locale(text))
    if written is None:
        return None
    digits, part, letter, binary = written.group("whole", "part", "letter", "binary")
    unit = (1024 if binary else KB) ** " kmgt".index((letter or " ").lower())
    part = part or ""
    size = int(digits.replace(",", "") + part) * unit // 10 ** len(part)
    return WrittenSize(size, max(1, unit // 10 ** len(part)))


def _from_locale(text: str) -> str:
    form = locale_format()
    signs = str.maketrans({form.group[:1] or ",": ",", form.point[:1] or ".": "."})
    return text if form.point == "." else text.translate(signs)


# Not more digits than a size can have: it stays within 64 bits, or a little beyond.
_WRITTEN = re.compile(
    r"""(?P<whole> [0-9]{1,3} (?: ,[0-9]{3} ){1,5} | [0-9]{1,18} ) (?: \.(?P<part> [0-9]{1,9} ) )?
        \s* (?: (?P<letter> [kmgt] ) (?: (?P<binary> i ) b | b )? | b | bytes? )?""",
    re.VERBOSE | re.IGNORECASE,
)
