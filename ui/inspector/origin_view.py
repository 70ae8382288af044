"""Where a file was uploaded from, and its actions."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from services.catalog.upload_record import LocalCopy, UploadOrigin
from services.system.language import N_, _
from ui.icons import icon
from ui.inspector.field_view import FieldView
from ui.inspector.fields import Field
from ui.theme import Role
from ui.widgets.labels import label
from ui.wording import exact_moment, one_line

_FIRST, _LAST = 12, 6
"""Digits of a hash that are shown; all of it can be copied."""


class OriginView(QWidget):
    """A section of the inspector; hidden while the origin is unknown."""

    folder_asked = Signal(object)
    """Show the file in its folder: its path."""
    copy_asked = Signal(str)
    """Copy this text."""
    restore_asked = Signal()
    """Upload the file again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._origin: UploadOrigin | None = None
        self._gone = False
        self._fields = FieldView()
        self._remark = label("", "warning", wrap=True)
        self._folder = QPushButton(_("Show in folder"))
        self._folder.clicked.connect(self._ask_for_folder)
        self._copy = QToolButton()
        self._copy.setProperty("look", "flat")
        self._copy.setIcon(icon("copy", Role.MUTED))
        self._copy.setAccessibleName(_("Copy hash"))
        self._copy.setToolTip(_("Copy the full SHA-256"))
        self._copy.clicked.connect(self._ask_to_copy)
        self._restore = QPushButton(_("Restore"))
        self._restore.setToolTip(_("Upload the file again, with the same name and purpose"))
        self._restore.clicked.connect(self.restore_asked)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._folder)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(_("FROM THIS COMPUTER"), "section"))
        column.addWidget(self._fields)
        column.addWidget(self._remark)
        column.addLayout(buttons)
        column.addWidget(self._restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def begin(self) -> None:
        """Another file is shown, with no known origin yet."""
        self._gone = False
        self.show_origin(None)

    def show_origin(self, origin: UploadOrigin | None) -> None:
        """Show this, or nothing."""
        self._origin = origin
        if origin is None:
            self.hide()
            return
        self._tell_fields(origin)
        remark = _(_REMARKS.get(origin.local, ""))
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))
        self._folder.setEnabled(origin.local is not LocalCopy.MISSING)
        self._copy.setVisible(origin.sha256 is not None)
        self._show_restore()
        self.show()

    def pass_time(self) -> None:
        """It is later now, or another time zone."""
        if self._origin is not None:
            self._tell_fields(self._origin)

    def _tell_fields(self, origin: UploadOrigin) -> None:
        fields = [
            Field("path", _("File"), one_line(str(origin.path))),
            Field("uploaded", _("Uploaded"), exact_moment(int(origin.uploaded_at))),
        ]
        if origin.sha256 is not None:
            fields.append(Field("sha256", _("SHA-256"), _shortened(origin.sha256)))
        self._fields.show_fields(fields)

    def show_gone(self) -> None:
        """The file is no longer on the server; offer to restore it."""
        self._gone = True
        self._show_restore()

    def _show_restore(self) -> None:
        origin = self._origin
        self._restore.setVisible(self._gone)
        if origin is not None:
            unsure = origin.local is LocalCopy.TOUCHED and origin.sha256 is not None
            self._restore.setEnabled(origin.local is LocalCopy.UNCHANGED or unsure)

    @Slot()
    def _ask_for_folder(self) -> None:
        if self._origin is not None:
            self.folder_asked.emit(self._origin.path)

    @Slot()
    def _ask_to_copy(self) -> None:
        if self._origin is not None and self._origin.sha256 is not None:
            self.copy_asked.emit(self._origin.sha256)


_REMARKS = {
    LocalCopy.TOUCHED: N_("The local file's date has changed since it was uploaded."),
    LocalCopy.CHANGED: N_("The local file has changed since it was uploaded."),
    LocalCopy.MISSING: N_("The local file was moved or deleted."),
}


def _shortened(digest: str) -> str:
    return f"{digest[:_FIRST]}…{digest[-_LAST:]}"
