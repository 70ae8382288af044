"""Downloading the selected files."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from services.api.remote_file import RemoteFile
from services.disk.when_taken import WhenTaken
from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from ui.account_dialogs import AccountDialogs
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.last_folders import FileDialogKind, LastFolders
from ui.messages.message_bar import MessageBar
from ui.wording import count_in_words, one_line


class DownloadFlow(QObject):
    """Downloads to the usual folder, or to one that the user picks."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        system_downloads: Path,
        refused: RefusedContent,
        selected: Callable[[], Sequence[RemoteFile]],
        messages: MessageBar,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._settings = backend.engine.settings
        self._system_downloads = system_downloads
        self._refused = refused
        self._selected = selected
        self._messages = messages
        self._folders = LastFolders(self._settings)
        self._dialogs = AccountDialogs(backend)
        self._chosen: tuple[RemoteFile, ...] = ()

    @Slot()
    def download(self) -> None:
        """Download the selected files, except those that can't be downloaded."""
        self.download_files(self._selected())

    def refused_purposes(self, files: Iterable[RemoteFile]) -> frozenset[str]:
        """Those of the files' purposes whose files can't be downloaded."""
        return self._refused.purposes({file.purpose or "" for file in files})

    @Slot()
    def download_zip(self) -> None:
        """Download the selected files as a zip, and report those that can't be downloaded."""
        selected = self._selected()
        downloadable = self._refused.downloadable(selected)
        self._backend.session.download_as_zip(downloadable, self._folder(), self._when_taken())
        self._report_left_out(selected, in_zip=True)

    @Slot()
    def download_anyway(self) -> None:
        """Download all selected files, even if the server is expected to refuse."""
        self._backend.session.download(tuple(self._selected()), self._folder(), self._when_taken())

    @Slot()
    def download_to(self) -> None:
        """Pick a folder, then download the selected files."""
        self._chosen = tuple(self._selected())
        start = self._folders.start(FileDialogKind.DOWNLOADS, self._folder())
        dialog = QFileDialog(self._window, _("Save to"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._folder_picked)
        dialog.finished.connect(dialog.deleteLater)
        self._dialogs.open(dialog)

    @property
    def folder(self) -> Path:
        """The usual folder for downloads."""
        return self._folder()

    def download_files(self, files: Sequence[RemoteFile]) -> None:
        """Download files to the usual folder, and report those that can't be downloaded."""
        self._download(files, self._folder())

    @Slot(str)
    def _folder_picked(self, folder: str) -> None:
        if folder:
            self._folders.remember(FileDialogKind.DOWNLOADS, Path(folder))
            self._download(self._chosen, Path(folder))

    def _download(self, selected: Sequence[RemoteFile], folder: Path) -> None:
        """Download files, and report those that can't be downloaded."""
        self._backend.session.download(
            self._refused.downloadable(selected), folder, self._when_taken()
        )
        self._report_left_out(selected)

    def _report_left_out(self, selected: Sequence[RemoteFile], *, in_zip: bool = False) -> None:
        """Report which of the selected files can't be downloaded, and why."""
        refused = self._refused.refused(selected)
        if not refused:
            return
        if in_zip:
            title = ngettext(
                "{number} file was left out of the zip",
                "{number} files were left out of the zip",
                len(refused),
            )
        else:
            title = ngettext(
                "{number} file can't be downloaded",
                "{number} files can't be downloaded",
                len(refused),
            )
        self._messages.show_problem(
            Problem(
                ProblemKind.CONTENT_REFUSED,
                title.format(number=count_in_words(len(refused))),
                " ".join(sorted({why for _file, why in refused})),
                "\n".join(one_line(file.name) for file, _why in refused),
            )
        )

    def _folder(self) -> Path:
        folder = self._settings.current.download_folder
        return Path(folder) if folder else self._system_downloads

    def _when_taken(self) -> WhenTaken:
        try:
            return WhenTaken(self._settings.current.when_taken)
        except ValueError:
            return WhenTaken.KEEP_BOTH
