"""Dialogs that ask where to save something that the program writes itself."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from services.accounts.settings import SettingsStore
from services.disk.local_names import safe_name
from services.system.language import _
from services.system.name_matching import composed
from services.system.safe_text import without_middle
from ui.last_folders import Chosen, LastFolders

_LONGEST_ACCOUNT = 40
"""Letters of an account's name, so that the date after it is not cut off."""


class SaveDialogs:
    """Makes them: each begins where the last one of its kind saved, and suggests a name."""

    def __init__(self, settings: SettingsStore, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since 1970."""
        self._folders = LastFolders(settings)
        self._clock = clock

    def make(
        self,
        parent: QWidget,
        title: str,
        chosen: Chosen,
        account_name: str,
        ending: str,
        first: Path | None = None,
    ) -> QFileDialog:
        """A dialog to `open()`, which deletes itself; `fileSelected` tells what was chosen.

        `ending` is that of the name, such as `csv`; `first` is the folder as long as none was
        chosen. A file that is there already is not replaced without a question.
        """
        folder = self._folders.start(chosen, first if first is not None else _documents())
        dialog = QFileDialog(parent, title, folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(suggested_name(chosen, account_name, self._clock(), ending))
        dialog.fileSelected.connect(lambda name: self._folders.note(chosen, Path(name).parent))
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def suggested_name(chosen: Chosen, account_name: str, now: float, ending: str) -> str:
    """“Acme files 2026-11-30.csv”, a legal name on every system; `now` in seconds since 1970."""
    # Nothing before a slash is a folder here.
    account = composed(account_name).replace("/", "_").replace("\\", "_")
    account = without_middle(account, _LONGEST_ACCOUNT)
    day = datetime.fromtimestamp(now).astimezone().strftime("%Y-%m-%d")
    words = (account.strip(), _words(chosen), day)
    return safe_name(f"{' '.join(word for word in words if word)}.{ending}")


def _words(chosen: Chosen) -> str:
    match chosen:
        case Chosen.REPORT:
            return _("deleted files")
        case Chosen.FINDINGS:
            return _("findings")
        case _:
            return _("files")


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
