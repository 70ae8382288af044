"""Decides which downloaded files are safe to open. No Qt."""

from pathlib import Path

_HARMLESS = frozenset(
    {
        *(".txt", ".log", ".md", ".json", ".jsonl", ".ndjson"),
        *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"),
        ".pdf",
    }
)
"""File types that are only displayed. Everything else may run code: programs, scripts, web pages,
drawings with scripts, and documents with formulas or macros."""


def is_safe_to_open(path: Path) -> bool:
    """Whether the desktop's program for this type only displays the file.

    The name comes from a server, and its extension decides which program opens the file.
    """
    return path.suffix.lower() in _HARMLESS
