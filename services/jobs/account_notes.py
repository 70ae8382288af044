"""A small JSON file with something about each account."""

import logging
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from services.system.private_files import make_private_folder, replace_file

_log = logging.getLogger(__name__)

NoteT = TypeVar("NoteT", bound=msgspec.Struct)


class AccountNotes(Generic[NoteT]):
    """By the accounts' IDs. Not thread-safe; methods block and raise nothing."""

    def __init__(self, path: Path, note_type: type[NoteT]) -> None:
        """The file is created when something is first written."""
        self._path = path
        self._type = note_type

    def read(self) -> dict[str, NoteT]:
        """What is kept; nothing if the file is missing or broken."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, self._type])  # type: ignore[name-defined]
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            _log.info("%s can't be read: %s", self._path.name, error)
            return {}

    def write(self, notes: dict[str, NoteT]) -> None:
        """Keep only this."""
        try:
            make_private_folder(self._path.parent)
            replace_file(self._path, msgspec.json.encode(notes))
        except OSError as error:
            _log.info("%s wasn't written: %s", self._path.name, error)

    def forget(self, account_id: str) -> None:
        """Keep nothing about an account any more."""
        notes = self.read()
        if notes.pop(account_id, None) is not None:
            self.write(notes)
