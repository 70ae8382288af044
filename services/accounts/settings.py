"""The person's preferences: one JSON file, written whole or not at all."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from services.accounts.settings_merge import merged
from services.problems.disk_errors import error_reading, error_writing
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.account import Account
from services.system.databases import set_aside
from services.system.file_lock import locked
from services.system.language import _
from services.system.private_files import make_folder, narrow, replace_file

VERSION = 1
"""Of the file. It is raised only when an older program would misread a newer file: fields may
come without that."""


class Settings(msgspec.Struct, frozen=True):
    """Everything saved between sessions, except keys. Byte strings are saved as base64."""

    version: int = VERSION
    accounts: tuple[Account, ...] = ()
    last_account: str = ""
    """The id of the account to open at the start; empty for the welcome page."""
    colour_scheme: str = "system"
    """`system`, `light` or `dark`."""
    download_folder: str = ""
    """Empty for the system's own."""
    when_taken: str = "keep both"
    """What to do when the name of a download is taken: a value of `WhenTaken`."""
    uploads_at_once: int = 4
    downloads_at_once: int = 4
    deletes_at_once: int = 8
    upload_limit: int = 0
    """Bytes a second for all uploads together; 0 is no limit."""
    download_limit: int = 0
    skip_review: bool = False
    """Upload at once when a purpose tile was chosen and every file fits it."""
    undo_seconds: int = 6
    """How long a delete can be undone before anything is sent."""
    purpose_of_kind: dict[str, str] = {}
    """By `FileKind`: the purpose that the person chose for such a file against the suggestion."""
    keep_upload_ledger: bool = True
    """Keep the upload history: what was uploaded from where, and its hash."""
    looked_at: dict[str, float] = {}
    """By account id: when it was last opened and its files were seen, in seconds since 1970."""
    watch_minutes: dict[str, int] = {}
    """By account id: how often to look for new files automatically; none for never."""
    save_outputs_to: dict[str, str] = {}
    """By account id: the folder that new outputs are saved to automatically; none for none."""
    notify_of_outputs: bool = True
    """Whether to show a notification for new outputs while the window is in the background."""
    last_folders: dict[str, str] = {}
    """By what is chosen in it: the folder that a file dialog was left in."""
    window_geometry: bytes = b""
    table_headers: dict[str, bytes] = {}
    """By account id: order, widths and choice of the columns."""
    columns_splitter: bytes = b""
    middle_splitter: bytes = b""
    transfers_height: int = 0
    """Pixels that the transfers were pulled to; 0 for as high as their lines need."""
    inspector_shown: bool = True
    transfers_shown: bool = True


class SettingsStore:
    """The one owner of the settings in this program; thread-safe.

    Another program may change the same file. So a change writes only the changed fields onto what
    is on the disk by then, and picks up what the other program wrote.
    """

    def __init__(self, path: Path, save_later: Callable[[Callable[[], None]], None]) -> None:
        """Read `path` at once; `save_later` runs each write on another thread.

        A damaged file is set aside as `NAME.damaged-TIME`, and the defaults apply. A file that
        can't be read, or that a newer version wrote, is never written to.
        """
        self._path = path
        self._save_later = save_later
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._problems: list[Problem] = []
        self._notify: Callable[[Problem], None] = self._problems.append
        self._told: Problem | None = None
        """The last problem; reported once, not with each change."""
        self._current = self._last_written = self._settings_at_start()

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._current

    def change(self, **values: object) -> None:
        """Replace the named settings and save the file."""
        self.update(**{name: _always(value) for name, value in values.items()})

    def update(self, **changes: Callable[[Any], object]) -> None:
        """Replace the named settings with values computed from them, and save the file.

        For a setting of which only a part changes, such as that of one account: another program
        may have changed the rest of it just now.
        """
        with self._lock:
            before = self._current
            values = {name: make(getattr(before, name)) for name, make in changes.items()}
            self._current = structs.replace(before, **values)
            if self._current == before:
                return
        self._save_later(self._write)

    def tell_problems_to(self, tell: Callable[[Problem], None]) -> None:
        """Call `tell`, on any thread, with each problem from now on and those so far."""
        self._notify = tell
        while self._problems:
            tell(self._problems.pop(0))

    def _settings_at_start(self) -> Settings:
        narrow(self._path)
        try:
            body = self._read()
        except FilesError as error:
            self._tell(error.problem)
            body = None
        return Settings() if body is None else _decoded(body)

    def _read(self) -> bytes | None:
        """The file's content, None if there is none. Raise FilesError if it must not be used."""
        try:
            body = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(error_reading(error, self._path).problem) from error
        try:
            version = msgspec.json.decode(body, type=_Version).version
            if version > VERSION:
                raise FilesError(_too_new(self._path))
            _decoded(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._set_aside(str(error))
            return None
        return body

    def _set_aside(self, reason: str) -> None:
        try:
            # For a link, its target: the link itself stays.
            (aside,) = set_aside([_behind_links(self._path)])
        except (OSError, ValueError) as error:
            raise FilesError(_damaged(self._path, reason)) from error
        self._tell(_set_aside(aside, reason))

    def _write(self) -> None:
        with self._writing:
            with self._lock:
                mine, base = self._current, self._last_written
            if mine == base:
                return  # an earlier write took this change along
            try:
                written = self._merge_onto_disk(base, mine)
            except FilesError as error:
                self._tell(error.problem)
                return
            except OSError as error:
                self._tell(error_writing(error, self._path).problem)
                return
            self._told = None
            with self._lock:
                values = merged(_values(mine), _values(self._current), _values(written))
                self._current, self._last_written = _made_of(values), written

    def _merge_onto_disk(self, base: Settings, mine: Settings) -> Settings:
        target = _behind_links(self._path)
        for folder in (self._path.parent, target.parent):
            make_folder(folder)
        with locked(self._path.with_suffix(".lock")):
            body = self._read()
            # A file that is gone is created again with everything it held.
            theirs = _values(base) if body is None else msgspec.json.decode(body)
            text = msgspec.json.encode(merged(_values(base), _values(mine), theirs))
            replace_file(target, msgspec.json.format(text, indent=2))
        return _decoded(text)

    def _tell(self, problem: Problem) -> None:
        if problem != self._told:
            self._told = problem
            self._notify(problem)


def _behind_links(path: Path) -> Path:
    """Where the file lies; a settings file that is a link stays one."""
    return Path(os.path.realpath(path))


class _Version(msgspec.Struct):
    version: int = VERSION


def _always(value: object) -> Callable[[object], object]:
    return lambda _before: value


def _decoded(body: bytes) -> Settings:
    return msgspec.json.decode(body, type=Settings)


def _values(settings: Settings) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(settings)
    return values


def _made_of(values: dict[str, Any]) -> Settings:
    return msgspec.convert(values, Settings)


def _unreadable(problem: Problem) -> FilesError:
    return FilesError(
        Problem(
            problem.kind,
            _("The settings file couldn't be read"),
            _(
                "{reason}. Until it can be read, changes last only until you quit, and the file "
                "is left as it is."
            ).format(reason=problem.title),
            problem.detail,
        )
    )


def _too_new(path: Path) -> Problem:
    return Problem(
        ProblemKind.FILE_UNREADABLE,
        _("The settings are from a newer version of Filewharf"),
        _(
            "Update Filewharf to use them. Until then, changes last only until you quit, and "
            "{path} is left as it is."
        ).format(path=path),
    )


def _set_aside(aside: Path, reason: str) -> Problem:
    return Problem(
        ProblemKind.UNEXPECTED,
        _("The settings file couldn't be read"),
        _("Filewharf starts with new settings. The old file is kept as {path}.").format(path=aside),
        reason,
    )


def _damaged(path: Path, reason: str) -> Problem:
    return Problem(
        ProblemKind.UNEXPECTED,
        _("The settings file couldn't be read"),
        _("Changes last only until you quit, and {path} is left as it is.").format(path=path),
        reason,
    )
