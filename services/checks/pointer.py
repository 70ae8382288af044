"""Pointer files, such as those in a repository whose large files weren't downloaded.

Sources: the Git LFS specification (a pointer is smaller than 1,024 bytes) and the git-annex
documentation on pointer files.
"""

from services.system.language import _

MAX_BYTES = 1023
"""The largest pointer."""

_SIGNS = (
    (b"version https://git-lfs.github.com/spec/", "Git LFS", "git lfs pull"),
    (b"version https://hawser.github.com/spec/", "Git LFS", "git lfs pull"),
    (b"/annex/objects/", "git-annex", "git annex get"),
)


def pointer_message(beginning: bytes) -> str | None:
    """Return what to say about a file that begins like this if it is a pointer, else None."""
    for sign, kind, command in _SIGNS:
        if beginning.startswith(sign):
            text = _("This is a {kind} pointer, not the file itself. Fetch it with “{command}”.")
            return text.format(kind=kind, command=command)
    return None
