"""Files that only stand for others, as where large files were not fetched with a repository.

Sources: the specification of Git LFS for pointers, which are under 1,024 bytes, and the
documentation of git-annex for those that are no links.
"""

from services.system.language import _

LARGEST = 1023
"""Bytes of a pointer."""

_SIGNS = (
    (b"version https://git-lfs.github.com/spec/", "Git LFS", "git lfs pull"),
    (b"version https://hawser.github.com/spec/", "Git LFS", "git lfs pull"),
    (b"/annex/objects/", "git-annex", "git annex get"),
)


def pointer_in(beginning: bytes) -> str | None:
    """What there is to say of a file that begins so, if it is a pointer."""
    for sign, kind, command in _SIGNS:
        if beginning.startswith(sign):
            told = _("This is a {kind} pointer, not the file itself. Fetch it with “{command}”.")
            return told.format(kind=kind, command=command)
    return None
