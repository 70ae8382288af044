"""Shows where a file was uploaded from, with related actions."""

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
"""Digits of a hash shown at its start and end; the full hash can be copied."""


class OriginView(QWidget):
    """A section of the inspector, hidden while the origin is unknown."""

    folder_requested = Signal(object)
    """Emitted with the path to show the file in its folder."""
    copy_requested = Signal(str)
    """Emitted with a text to copy."""
    restore_requested = Signal()
    """Emitted to upload the file again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._origin: UploadOrigin | None = None
        self._gone = False
        self._fields = FieldView()
        self._warning = label("", "warning", wrap=True)
        self._folder = QPushButton(_("Show in folder"))
        self._folder.clicked.connect(self._request_folder)
        self._copy = QToolButton()
        self._copy.setProperty("look", "flat")
        self._copy.setIcon(icon("copy", Role.MUTED))
        self._copy.setAccessibleName(_("Copy hash"))
        self._copy.setToolTip(_("Copy the full SHA-256"))
        self._copy.clicked.connect(self._request_copy)
        self._restore = QPushButton(_("Restore"))
        self._restore.setToolTip(_("Upload the file again, with the same name and purpose"))
        self._restore.clicked.connect(self.restore_requested)
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
        column.addWidget(self._warning)
        column.addLayout(buttons)
        column.addWidget(self._restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def reset(self) -> None:
        """Reset for another file, whose origin isn't known yet."""
        self._gone = False
        self.show_origin(None)

    def show_origin(self, origin: UploadOrigin | None) -> None:
        """Show an origin, or hide if it is None."""
        self._origin = origin
        if origin is None:
            self.hide()
            return
        self._show_fields(origin)
        warning = _(_WARNINGS.get(origin.local, ""))
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))
        self._folder.setEnabled(origin.local is not LocalCopy.MISSING)
        self._copy.setVisible(origin.sha256 is not None)
        self._show_restore()
        self.show()

    def refresh_times(self) -> None:
        """Update times, after time has passed or the time zone has changed."""
        if self._origin is not None:
            self._show_fields(self._origin)

    def _show_fields(self, origin: UploadOrigin) -> None:
        fields = [
            Field("path", _("File"), one_line(str(origin.path))),
            Field("uploaded", _("Uploaded"), exact_moment(int(origin.uploaded_at))),
        ]
        if origin.sha256 is not None:
            fields.append(Field("sha256", _("SHA-256"), _shortened(origin.sha256)))
        self._fields.show_fields(fields)

    def show_gone(self) -> None:
        """Offer to restore the file, which is no longer on the server."""
        self._gone = True
        self._show_restore()

    def _show_restore(self) -> None:
        origin = self._origin
        self._restore.setVisible(self._gone)
        if origin is not None:
            unsure = origin.local is LocalCopy.TOUCHED and origin.sha256 is not None
            self._restore.setEnabled(origin.local is LocalCopy.UNCHANGED or unsure)

    @Slot()
    def _request_folder(self) -> None:
        if self._origin is not None:
            self.folder_requested.emit(self._origin.path)

    @Slot()
    def _request_copy(self) -> None:
        if self._origin is not None and self._origin.sha256 is not None:
            self.copy_requested.emit(self._origin.sha256)


_WARNINGS = {
    LocalCopy.TOUCHED: N_("The local file's date has changed since it was uploaded."),
    LocalCopy.CHANGED: N_("The local file has changed since it was uploaded."),
    LocalCopy.MISSING: N_("The local file was moved or deleted."),
}


def _shortened(digest: str) -> str:
    return f"{digest[:_FIRST]}…{digest[-_LAST:]}"
