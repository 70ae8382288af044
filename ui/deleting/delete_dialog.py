"""The confirmation before files are deleted."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.api.remote_file import RemoteFile
from services.references.reference import Reference
from services.system.language import _
from ui.deleting.delete_words import (
    button_in_words,
    checking_in_words,
    confirm_in_words,
    delete_sums,
    each_kept_in_words,
    kept_in_words,
    names_in_words,
    not_downloadable_in_words,
    not_known_in_words,
    not_needed_in_words,
    restorable_in_words,
    save_in_words,
    stores_in_words,
    sums_in_words,
    title_in_words,
    type_name_in_words,
    vector_stores_in_words,
)
from ui.icons import icon
from ui.theme import Role
from ui.widgets.button_row import ButtonRow
from ui.widgets.elided_check_box import ElidedCheckBox
from ui.widgets.labels import ElidedLabel, IconLabel, label
from ui.widgets.typed_name import TypedName


class DeleteDialog(QDialog):
    """Explains what deleting means. *Cancel* is the default, so Enter deletes only on *Delete*.

    Open it with `open()`; it deletes itself once closed. It emits exactly one of
    `delete_requested`, `save_requested`, or `rejected` alone.
    """

    delete_requested = Signal()
    save_requested = Signal()

    def __init__(
        self,
        account_name: str,
        files: Sequence[RemoteFile],
        refused_purposes: Collection[str] = (),
        parent: QWidget | None = None,
        *,
        stores: Sequence[str] = (),
        is_production: bool = False,
    ) -> None:
        """`refused_purposes` are purposes whose files are known not to be downloadable.

        `stores` are the names of vector stores that are known to have some of the files. In an
        account marked as production, the account's name has to be typed.
        """
        super().__init__(parent)
        self._sums = sums = delete_sums(files, refused_purposes)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Delete files"))
        self.setAccessibleName(_("Delete files"))
        title = label(title_in_words(sums, account_name), "heading", wrap=True)
        self.setAccessibleDescription(title.text())
        self._save = QPushButton(save_in_words(sums))
        if not sums.can_save:
            self._save.hide()
        self._buttons = ButtonRow()
        self._delete = self._buttons.addButton(
            button_in_words(sums.count), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self._delete.setProperty("look", "danger")
        self._held: Sequence[tuple[RemoteFile, Reference]] = ()
        self._needed = label("", wrap=True)
        self._needed.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._needed_icon = IconLabel(icon("list-checks", Role.MUTED), 1.0)
        self._confirm = ElidedCheckBox()
        self._confirm.toggled.connect(self._show_count)
        self._typed = TypedName(account_name) if is_production else None
        keeps_place = self._confirm.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self._confirm.setSizePolicy(keeps_place)
        cancel = self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setDefault(True)
        # Same height before and after the lookup, so that no button moves under the pointer.
        self._restorable = ElidedLabel("")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(label(sums_in_words(sums), "muted", wrap=True))
        names = names_in_words(files)
        if names:
            column.addWidget(_list_of(names))
        column.addSpacing(4)
        not_downloadable = not_downloadable_in_words(sums)
        if not_downloadable:
            column.addLayout(
                _line("triangle-alert", Role.WARNING, label(not_downloadable, wrap=True))
            )
        in_stores = " ".join(filter(None, (stores_in_words(stores), vector_stores_in_words(sums))))
        column.addLayout(_line("unlink", Role.MUTED, label(in_stores, wrap=True)))
        column.addLayout(_line("hard-drive", Role.MUTED, self._restorable))
        # Last, where the room that it may need doesn't gape.
        column.addWidget(self._make_needed())
        if self._typed is not None:
            column.addLayout(_field(type_name_in_words(account_name), self._typed))
            self._typed.textChanged.connect(self._show_count)
            self._typed.entered.connect(self._delete.setFocus)
        column.addSpacing(4)
        column.addStretch(1)
        column.addLayout(self._bottom_row())
        self._save.clicked.connect(self._save_clicked)
        self._buttons.accepted.connect(self._delete_clicked)
        self._buttons.rejected.connect(self.reject)
        (self._typed or cancel).setFocus()
        self._show_count()
        self.setMinimumWidth(68 * self.fontMetrics().averageCharWidth())
        self.show_restorable(None)

    def show_restorable(self, count: int | None) -> None:
        """Show how many files can be restored from this computer; None while looking them up."""
        self._restorable.setText(restorable_in_words(self._sums, count))

    def showEvent(self, event: QShowEvent) -> None:
        """Make room for all lines of the texts that wrap."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    @property
    def held(self) -> Sequence[tuple[RemoteFile, Reference]]:
        """The files that are held back, because something unfinished needs them."""
        return () if self._confirm.isChecked() else self._held

    def show_checking(self) -> None:
        """Jobs are being looked at, to find out which files they need."""
        self._needed.setText(checking_in_words(self._sums.count))
        self._confirm.hide()
        self._needed_row.show()

    def show_needed(
        self, held: Sequence[tuple[RemoteFile, Reference]], *, is_known: bool = True
    ) -> None:
        """Hold files back, each with the unfinished job that needs it, until they are confirmed.

        `is_known` tells whether jobs could be looked at.
        """
        if {file.id for file, _one in held} - {file.id for file, _one in self._held}:
            self._confirm.setChecked(False)
        self._held = held
        self._needed_icon.show_icon(
            icon("triangle-alert", Role.WARNING) if held else icon("list-checks", Role.MUTED)
        )
        if held:
            self._needed.setText(kept_in_words(held))
        elif is_known:
            self._needed.setText(not_needed_in_words(self._sums.count))
        else:
            self._needed.setText(not_known_in_words())
        self._confirm.setText(confirm_in_words(len(held)))
        self._confirm.setAccessibleDescription(each_kept_in_words(held))
        self._confirm.setVisible(bool(held))
        self._needed_row.setVisible(bool(held) or self._needed_row.isVisibleTo(self))
        self._show_count()

    @Slot()
    def _show_count(self) -> None:
        count = self._sums.count - len(self.held)
        self._delete.setText(button_in_words(count or self._sums.count))
        self._delete.setEnabled(count > 0 and (self._typed is None or self._typed.is_right))

    def _make_needed(self) -> QWidget:
        self._needed_row = QWidget()
        column = QVBoxLayout(self._needed_row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(10)
        # Room for two lines from the start, so that no button moves under the pointer.
        line.addStrut(2 * self._needed.fontMetrics().lineSpacing())
        line.addWidget(self._needed_icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._needed, 1)
        column.addLayout(line)
        below = QHBoxLayout()
        below.addSpacing(self._needed_icon.width() + 10)
        below.addWidget(self._confirm, 1)
        column.addLayout(below)
        self._needed_row.hide()
        return self._needed_row

    @Slot()
    def _delete_clicked(self) -> None:
        self.delete_requested.emit()
        self.accept()

    @Slot()
    def _save_clicked(self) -> None:
        self.save_requested.emit()
        self.reject()

    def _bottom_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._save)
        row.addStretch(1)
        row.addWidget(self._buttons)
        return row


def _line(icon_name: str, role: Role, text: QLabel) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(10)
    line.addWidget(IconLabel(icon(icon_name, role), 1.0), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(text, 1)
    return line


def _field(words: str, field: TypedName) -> QVBoxLayout:
    title = label(words, "strong", wrap=True)
    title.setBuddy(field)
    field.setAccessibleName(words)
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(title)
    column.addWidget(field)
    return column


def _list_of(names: Sequence[str]) -> QFrame:
    frame = QFrame()
    frame.setProperty("look", "set-off")
    column = QVBoxLayout(frame)
    column.setContentsMargins(10, 8, 10, 8)
    column.setSpacing(2)
    for name in names:
        line = ElidedLabel("", elide=Qt.TextElideMode.ElideMiddle)
        line.setText(name)
        column.addWidget(line)
    return frame
