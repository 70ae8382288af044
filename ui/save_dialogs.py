"""Save dialogs for files that the program writes itself."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from services.accounts.settings import SettingsStore
from services.disk.local_names import safe_name
from services.system.language import _
from services.system.name_matching import composed
from services.system.safe_text import without_middle
from ui.last_folders import FileDialogKind, LastFolders

_MAX_SUBJECT_LENGTH = 40
"""In characters, so that the date after it is not cut off."""


class SaveDialogs:
    """Makes save dialogs, each opening in its last folder with a suggested name."""

    def __init__(self, settings: SettingsStore, clock: Callable[[], float]) -> None:
        """`clock` returns seconds since 1970."""
        self._folders = LastFolders(settings)
        self._clock = clock

    def make(
        self,
        parent: QWidget,
        title: str,
        kind: FileDialogKind,
        subject: str,
        extension: str,
        default: Path | None = None,
    ) -> QFileDialog:
        """Return a dialog to `open()`, which deletes itself; connect to `fileSelected`.

        `subject` is what is saved from, such as an account, and begins the suggested name.
        `extension` is without a dot, such as `csv`. `default` is the folder for the first time. The
        dialog asks before replacing an existing file.
        """
        folder = self._folders.start(kind, default if default is not None else _documents())
        dialog = QFileDialog(parent, title, folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(extension)
        dialog.selectFile(suggested_name(kind, subject, self._clock(), extension))
        dialog.fileSelected.connect(lambda name: self._folders.remember(kind, Path(name).parent))
        dialog.finished.connect(dialog.deleteLater)
        return dialog


def offer_formats(dialog: QFileDialog, suffixes: Mapping[str, str]) -> None:
    """Let the person choose among formats: a filter for each, and its suffix without a dot."""

    def follow(chosen: str) -> None:
        suffix = suffixes[chosen]
        dialog.setDefaultSuffix(suffix)
        # The name in the dialog may still have the extension of the previous format.
        names = dialog.selectedFiles()
        if names and Path(names[0]).suffix[1:] in suffixes.values():
            dialog.selectFile(Path(names[0]).with_suffix(f".{suffix}").name)

    dialog.setNameFilters(list(suffixes))
    dialog.filterSelected.connect(follow)


def suggested_name(kind: FileDialogKind, subject: str, now: float, extension: str) -> str:
    """“Acme files 2026-11-30.csv”, valid on every system; `now` is in seconds since 1970."""
    # A slash in it must not start a folder.
    subject = composed(subject).replace("/", "_").replace("\\", "_")
    subject = without_middle(subject, _MAX_SUBJECT_LENGTH)
    day = datetime.fromtimestamp(now).astimezone().strftime("%Y-%m-%d")
    words = (subject.strip(), _content_in_words(kind), day)
    return safe_name(f"{' '.join(word for word in words if word)}.{extension}")


def _content_in_words(kind: FileDialogKind) -> str:
    match kind:
        case FileDialogKind.REPORT:
            return _("deleted files")
        case FileDialogKind.BUG_REPORT:
            return _("report")
        case FileDialogKind.FINDINGS:
            return _("findings")
        case FileDialogKind.PLAN:
            return _("clean-up plan")
        case FileDialogKind.LINES:
            return _("lines")
        case FileDialogKind.PICTURE:
            return _("curves")
        case _:
            return _("files")


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
