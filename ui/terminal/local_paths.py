"""The local files that a command names: paths, and patterns that the shell didn't expand."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from services.system.language import _
from ui.terminal.failure import Failure
from ui.terminal.output import printable


def local_paths(texts: Sequence[str]) -> list[Path]:
    """The absolute paths that the texts name, in order.

    A text with `*`, `?` or `[…]` is a pattern, and `**` is any number of folders, unless there is a
    file of just this name. As in shells, a pattern finds no hidden files. Raises Failure if it finds
    nothing.
    """
    found: list[Path] = []
    for text in texts:
        path = Path(text).expanduser().absolute()
        if not glob.has_magic(text) or os.path.lexists(path):
            found.append(path)
            continue
        # Not `Path.glob`, which also finds hidden files.
        hits = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207
        if not hits:
            raise Failure(_("Nothing matches {pattern}.").format(pattern=printable(text)))
        found += map(Path, hits)
    return found
