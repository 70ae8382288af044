"""The person's preferences: one JSON file, written whole or not at all."""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from services.accounts.account import Account
from services.api.disk_errors import error_reading, error_writing
from services.api.errors import Problem, ProblemKind
from services.language import _


class Settings(msgspec.Struct, frozen=True):
    """All that is kept between sessions, apart from the keys. Byte strings are kept as base64."""

    version: int = 1
    accounts: tuple[Account, ...] = ()
    last_account: str = ""
    """The id of the account to open at the start; empty for the welcome page."""
    colour_scheme: str = "system"
    """`system`, `light` or `dark`."""
    download_folder: str = ""
    """Empty for the system's own."""
    when_taken: str = "keep both"
    """What to do when the name of a download is taken: a value of `file_commands.WhenTaken`."""
    uploads_at_once: int = 4
    downloads_at_once: int = 4
    deletes_at_once: int = 8
    upload_limit: int = 0
    """Bytes a second for all uploads together; 0 is without a limit."""
    download_limit: int = 0
    skip_review: bool = False
    """Upload at once when a purpose tile was chosen and every file fits it."""
    undo_seconds: int = 6
    """How long a delete can be taken back before anything is sent."""
    purpose_of_kind: dict[str, str] = {}
    """By `FileKind`: the purpose that the person chose for such a file against the suggestion."""
    expires_after: int | None = None
    """The expiry chosen last in the review sheet."""
    keep_upload_ledger: bool = True
    """Remember what was uploaded from where, and its hash."""
    looked_at: dict[str, float] = {}
    """By account id: when it was opened last and its files were seen, in seconds since 1970."""
    watch_minutes: dict[str, int] = {}
    """By account id: how often to look for new files by itself; none for never."""
    save_outputs_to: dict[str, str] = {}
    """By account id: the folder that new outputs are saved to by themselves; none for none."""
    notify_of_outputs: bool = True
    """Whether a new output that watching found is told of outside the window."""
    window_geometry: bytes = b""
    table_headers: dict[str, bytes] = {}
    """By account id: order, widths and choice of the columns."""
    columns_splitter: bytes = b""
    middle_splitter: bytes = b""
    inspector_shown: bool = True
    transfers_shown: bool = True


class SettingsStore:
    """The one owner of the settings; thread-safe."""

    def __init__(self, path: Path, save_later: Callable[[Callable[[], None]], None]) -> None:
        """Read `path` at once; `save_later` has each change written on another thread.

        A file that can't be understood is set aside as `NAME.damaged` and the defaults hold.
        """
        self._path = path
        self._save_later = save_later
        self._lock = threading.Lock()
        self._problems: list[Problem] = []
        self._tell: Callable[[Problem], None] = self._problems.append
        self._current = self._read()

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._current

    def change(self, **values: object) -> None:
        """Replace the named settings and have the file written."""
        with self._lock:
            changed = msgspec.structs.replace(self._current, **values)
            if changed == self._current:
                return
            self._current = changed
        self._save_later(self._write)

    def tell_problems_to(self, tell: Callable[[Problem], None]) -> None:
        """Have `tell` told, on any thread, of what goes wrong, and of what already did."""
        self._tell = tell
        while self._problems:
            tell(self._problems.pop(0))

    def _read(self) -> Settings:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Settings)
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            self._tell(error_reading(error, self._path).problem)
            return Settings()
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._set_aside(str(error))
            return Settings()

    def _set_aside(self, reason: str) -> None:
        aside = self._path.with_suffix(".damaged")
        with contextlib.suppress(OSError):
            self._path.replace(aside)
        self._tell(
            Problem(
                ProblemKind.UNEXPECTED,
                _("The settings could not be understood"),
                _("The program starts with new ones; the old file is kept as {path}.").format(
                    path=aside
                ),
                reason,
            )
        )

    def _write(self) -> None:
        with self._lock:
            body = msgspec.json.format(msgspec.json.encode(self._current), indent=2)
            beside = self._path.with_suffix(".new")
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with beside.open("wb") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(self._path)
            except OSError as error:
                self._tell(error_writing(error, self._path).problem)
