"""The user's settings: one JSON file, written atomically."""

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
from services.providers.network import DEFAULT_NETWORK, Network
from services.system.databases import set_aside
from services.system.file_lock import locked
from services.system.language import _
from services.system.private_files import make_folder, replace_file, restrict

VERSION = 1
"""The version of the file format. It only increases if older programs would misread a newer file;
adding fields doesn't require it."""


class ModelPrice(msgspec.Struct, frozen=True):
    """What a million tokens of a model cost: numbers in English format, empty where unknown."""

    input: str = ""
    cached: str = ""
    """Of input that came from the server's cache; empty if it costs as much as other input."""
    output: str = ""


class Settings(msgspec.Struct, frozen=True):
    """Everything saved between sessions, except keys. Byte strings are saved as base64."""

    version: int = VERSION
    accounts: tuple[Account, ...] = ()
    last_account: str = ""
    """The ID of the account to open at startup; empty for the welcome page."""
    colour_scheme: str = "system"
    """`system`, `light` or `dark`."""
    download_folder: str = ""
    """Empty for the system's default."""
    when_taken: str = "keep both"
    """What to do if a download's name is taken: a value of `WhenTaken`."""
    uploads_at_once: int = 4
    downloads_at_once: int = 4
    deletes_at_once: int = 8
    upload_limit: int = 0
    """Bytes per second for all uploads together; 0 for no limit."""
    download_limit: int = 0
    skip_review: bool = False
    """Upload without review if a purpose tile was chosen and every file fits it."""
    undo_seconds: int = 6
    """How long a delete can be undone before it is sent."""
    purpose_of_kind: dict[str, str] = {}
    """By `FileKind`: the purpose that the user chose instead of the suggested one."""
    keep_upload_ledger: bool = True
    """Whether to keep the upload history: where each file was uploaded from, and its hash."""
    looked_at: dict[str, float] = {}
    """By account ID: when its files were last viewed, in seconds since 1970."""
    watch_minutes: dict[str, int] = {}
    """By account ID: how often to check for new files automatically; no entry for never."""
    save_outputs_to: dict[str, str] = {}
    """By account ID: the folder to save new outputs to automatically; no entry for never."""
    save_batch_outputs: bool = False
    """Whether to download the output of each batch that ends, to the downloads folder."""
    notify_of_outputs: bool = True
    """Whether to show a notification for new outputs while the window is in the background."""
    prices: dict[str, ModelPrice] = {}
    """By the name of a model, or by the beginning of names followed by `*`."""
    network: Network = DEFAULT_NETWORK
    """How to reach the servers of all accounts that have no network of their own."""
    price_currency: str = "USD"
    """Any short text."""
    saved_clean_ups: dict[str, str] = {}
    """By name: rules of clean-ups, as JSON; see `services/cleanup/rules.py`."""
    last_folders: dict[str, str] = {}
    """By kind of file dialog: the folder it was last used in."""
    last_version: str = ""
    """The newest version of the program that has run; empty before the first one."""
    check_for_updates: bool = False
    """Whether to look once a day whether there is a newer version."""
    update_feed: str = ""
    """The address of the changelog to look in; empty for the one that the program comes with."""
    updates_checked_at: float = 0.0
    """When that was last done, in seconds since 1970."""
    update_told: str = ""
    """The newest version that the person was told of."""
    window_geometry: bytes = b""
    table_headers: dict[str, bytes] = {}
    """By account ID: the order, widths and visibility of the columns."""
    columns_splitter: bytes = b""
    middle_splitter: bytes = b""
    lines_splitter: bytes = b""
    """Between the lines of a file and the opened one; empty until the user moves it."""
    transfers_height: int = 0
    """The height that the user gave the transfer panel, in pixels; 0 to fit its contents."""
    inspector_shown: bool = True
    transfers_shown: bool = True


BY_ACCOUNT = ("looked_at", "watch_minutes", "save_outputs_to", "table_headers")
"""The settings by account ID, which are removed with the account."""


class SettingsStore:
    """The single owner of the settings in this process; thread-safe.

    Another process may change the same file. So a change is merged into what is on disk at that
    time, field by field, and picks up what the other process wrote.
    """

    def __init__(self, path: Path, save_later: Callable[[Callable[[], None]], None]) -> None:
        """Read `path` immediately; `save_later` runs each write on another thread.

        A damaged file is renamed to `NAME.damaged-TIME`, and the defaults apply. A file that can't
        be read, or that a newer version wrote, is never written to.
        """
        self._path = path
        self._save_later = save_later
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._problems: list[Problem] = []
        self._notify: Callable[[Problem], None] = self._problems.append
        self._last_reported: Problem | None = None
        """The last problem, so that it isn't reported again with each change."""
        self._current = self._last_written = self._load()

    @property
    def current(self) -> Settings:
        """The current settings."""
        return self._current

    def change(self, **values: object) -> None:
        """Replace the named settings and save the file."""
        self.update(**{name: _always(value) for name, value in values.items()})

    def update(self, **changes: Callable[[Any], object]) -> None:
        """Replace the named settings with values computed from the current ones, and save the file.

        For changing only part of a setting, such as one account's entry: another process may just
        have changed the rest.
        """
        with self._lock:
            before = self._current
            values = {name: make(getattr(before, name)) for name, make in changes.items()}
            self._current = structs.replace(before, **values)
            if self._current == before:
                return
        self._save_later(self._write)

    def report_problems_to(self, notify: Callable[[Problem], None]) -> None:
        """Call `notify`, on any thread, with all problems so far and each one from now on."""
        self._notify = notify
        while self._problems:
            notify(self._problems.pop(0))

    def _load(self) -> Settings:
        restrict(self._path)
        try:
            body = self._read()
        except FilesError as error:
            self._report(error.problem)
            body = None
        return Settings() if body is None else _decoded(body)

    def _read(self) -> bytes | None:
        """The file's content, None if it doesn't exist. Raises FilesError if it can't be used."""
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
            # Rename a link's target and leave the link in place.
            (aside,) = set_aside([_resolve(self._path)])
        except (OSError, ValueError) as error:
            raise FilesError(_damaged(self._path, reason)) from error
        self._report(_set_aside(aside, reason))

    def _write(self) -> None:
        with self._writing:
            with self._lock:
                mine, base = self._current, self._last_written
            if mine == base:
                return  # an earlier write included this change
            try:
                written = self._merge_onto_disk(base, mine)
            except FilesError as error:
                self._report(error.problem)
                return
            except OSError as error:
                self._report(error_writing(error, self._path).problem)
                return
            self._last_reported = None
            with self._lock:
                values = merged(_values(mine), _values(self._current), _values(written))
                self._current, self._last_written = _from_values(values), written

    def _merge_onto_disk(self, base: Settings, mine: Settings) -> Settings:
        target = _resolve(self._path)
        for folder in (self._path.parent, target.parent):
            make_folder(folder)
        with locked(self._path.with_suffix(".lock")):
            body = self._read()
            # A deleted file is recreated with everything it contained.
            theirs = _values(base) if body is None else msgspec.json.decode(body)
            text = msgspec.json.encode(merged(_values(base), _values(mine), theirs))
            replace_file(target, msgspec.json.format(text, indent=2))
        return _decoded(text)

    def _report(self, problem: Problem) -> None:
        if problem != self._last_reported:
            self._last_reported = problem
            self._notify(problem)


def _resolve(path: Path) -> Path:
    """Resolve links, so that a settings file that is a link stays one."""
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


def _from_values(values: dict[str, Any]) -> Settings:
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
