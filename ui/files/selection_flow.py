"""What the window shows of the selected files, and what can be done with their names."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from services.api.remote_file import RemoteFile
from services.language import _
from ui.actions import Actions
from ui.files.file_table import FileTable
from ui.files.refused_content import RefusedContent
from ui.files.status_line import StatusLine
from ui.inspector.inspector import Inspector
from ui.messages import MessageBar


class SelectionFlow(QObject):
    """Keeps inspector, status line and actions in step with the selection of the table."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        table: FileTable,
        inspector: Inspector,
        status: StatusLine,
        refused: RefusedContent,
        messages: MessageBar,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
        self._table = table
        self._inspector = inspector
        self._status = status
        self._refused = refused
        self._messages = messages
        table.selection_changed.connect(self.show)
        table.menu_asked.connect(self._open_menu)
        table.opened.connect(self._open_inspector)
        inspector.copy_ids_asked.connect(self._copy_ids)
        commands.copy_ids.triggered.connect(self._copy_ids)
        commands.copy_names.triggered.connect(self._copy_names)
        commands.select_all.triggered.connect(table.selectAll)

    @Slot()
    def show(self) -> None:
        """Show what is selected now, and what is known of it now."""
        files = self.files()
        self._status.show_selection(len(files), sum(file.size or 0 for file in files))
        self._commands.show_selection(len(files), self._refused.why_none(files))
        self._inspector.show_files(files)

    def files(self) -> Sequence[RemoteFile]:
        """The selected files, from top to bottom."""
        return self._table.selected_files()

    @Slot()
    def _copy_ids(self) -> None:
        self._copy([file.id for file in self.files()])

    @Slot()
    def _copy_names(self) -> None:
        self._copy([file.name for file in self.files()])

    def _copy(self, texts: list[str]) -> None:
        if texts:
            QGuiApplication.clipboard().setText("\n".join(texts))
            told = texts[0] if len(texts) == 1 else _("{number} lines").format(number=len(texts))
            self._messages.tell(_("Copied: {text}").format(text=told))

    @Slot(object)
    def _open_inspector(self, _file: object) -> None:
        self._commands.inspector.setChecked(True)

    @Slot(QPoint)
    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self._window)
        commands = self._commands
        menu.addActions([commands.download, commands.download_to, commands.download_zip])
        menu.addAction(commands.download_anyway)
        menu.addSeparator()
        menu.addActions([commands.copy_ids, commands.copy_names])
        menu.addSeparator()
        menu.addAction(commands.delete)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)
