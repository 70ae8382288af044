"""Byte counts in words, the same on both sides of the seam."""

from services.language import _

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
        return _("{number} bytes").format(number=size) if size != 1 else _("1 byte")
    if size < MB:
        return _("{number} KB").format(number=round(size / KB)) if size < MB - KB / 2 else "1.0 MB"
    for limit, unit, text in (
        (GB, MB, _("{number} MB")),
        (TB, GB, _("{number} GB")),
    ):
        if size < limit - unit / 20:
            return text.format(number=f"{size / unit:.1f}")
    return _("{number} TB").format(number=f"{size / TB:.1f}")
