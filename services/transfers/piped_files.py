"""Files with content that was piped into the program, kept until they are uploaded."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from services.disk.local_names import safe_name
from services.disk.whole_writes import write_all
from services.problems.disk_errors import error_writing
from services.system.private_files import make_private_folder
from services.transfers.journal_folder import others_have_transfers


class PipedFiles:
    """A private folder for such files, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """`folder` is created when the first file is saved."""
        self._folder = folder
        self._start = str(folder) + os.sep

    def save(self, name: str, pieces: Iterable[bytes]) -> Path:
        """Save the pieces under the name, as far as it's safe, and return the path.

        Raises FilesError if the file can't be written, and what `pieces` raises. Then nothing is
        left of it.
        """
        path = self._folder / secrets.token_hex(8) / safe_name(name)
        try:
            make_private_folder(self._folder)
            path.parent.mkdir(mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            file = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)
        except OSError as error:
            self.remove(path)
            raise error_writing(error, path) from error
        try:
            with file:
                for piece in pieces:
                    try:
                        write_all(file, piece)
                    except OSError as error:
                        raise error_writing(error, path) from error
        except BaseException:
            self.remove(path)
            raise
        return path

    def remove(self, path: Path | None) -> None:
        """Remove a file that `save` has returned, as far as that's possible; none but those."""
        # Compared as text, because it's called for thousands of others.
        if path is not None and str(path).startswith(self._start):
            shutil.rmtree(path.parent, ignore_errors=True)

    def remove_abandoned(self, journal: Path, needed: Collection[Path]) -> None:
        """Remove what no transfer needs, as after a crash, unless other programs may need it.

        `journal` is the path of this program's journal, `needed` what its transfers need.
        """
        found: list[Path] = []
        with contextlib.suppress(OSError):
            found += self._folder.iterdir()
        # Looked at afterwards: whoever saves a file has opened a journal before.
        if not found or others_have_transfers(journal):
            return
        kept = {path.parent for path in needed}
        for folder in found:
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)
