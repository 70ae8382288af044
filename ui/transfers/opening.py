"""Which downloaded files may be opened from here. No Qt."""

from pathlib import Path

_HARMLESS = frozenset(
    {
        *(".txt", ".log", ".md", ".json", ".jsonl", ".ndjson"),
        *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"),
        ".pdf",
    }
)
"""What viewers only show. Whatever else the desktop could run stays shut: programs and scripts,
pages and drawings with scripts in them, sheets and documents with formulas and macros."""


def may_be_opened(path: Path) -> bool:
    """Whether the desktop's own program for it only shows it.

    The name comes from a server: it decides which program opens the file.
    """
    return path.suffix.lower() in _HARMLESS
