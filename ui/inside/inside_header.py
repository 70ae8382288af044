"""The top of the page that looks inside a file: back, what the file is, and what to do with it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from services.api.remote_file import RemoteFile
from services.system.language import _
from ui.icons import file_icon_name, icon, space_icon
from ui.purpose_pill import PurposePill
from ui.theme import Role
from ui.widgets.labels import ElidedLabel, IconLabel
from ui.widgets.tab_order import insert_in_tab_order
from ui.wording import one_line, tool_tip


class InsideHeader(QWidget):
    """Names the file. Buttons for its kind of content are added by the page."""

    back_requested = Signal()
    """Go back to the list of files."""
    download_requested = Signal()
    """Download the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._back = back = QPushButton(icon("arrow-left"), _("Files"))
        back.setProperty("look", "flat")
        space_icon(back)
        self.show_way_back(_("Files"), _("Back to the files"))
        back.clicked.connect(self.back_requested)
        line = QFrame()
        line.setProperty("look", "rule")
        line.setFixedSize(1, 20)
        self._icon = IconLabel(icon("file", Role.MUTED), 1.2)
        self._name = ElidedLabel("strong", elide=Qt.TextElideMode.ElideMiddle)
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._pill = PurposePill()
        self._size = _PartsLabel("muted")
        self._download = QPushButton(_("Download"))
        self._download.clicked.connect(self.download_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 14, 7)
        row.setSpacing(8)
        for part in (back, line, self._icon, self._name, self._pill):
            row.addWidget(part)
        row.addWidget(self._size, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(6)
        row.addLayout(self._buttons)
        row.addWidget(self._download)

    def add_button(self, button: QPushButton) -> None:
        """Add a button before *Download*."""
        self._buttons.addWidget(button)
        insert_in_tab_order(button, self._download)

    def show_way_back(self, name: str, words: str) -> None:
        """Name the list that the button leads back to; `words` is “Back to the files”."""
        self._back.setText(name)
        self._back.setAccessibleName(words)
        self._back.setToolTip(_("{where} (Esc)").format(where=words))

    def show_file(self, file: RemoteFile, why_no_download: str | None) -> None:
        """Name another file. `why_no_download` is given if it can't be downloaded."""
        self._icon.show_icon(icon(file_icon_name(file.name), Role.MUTED))
        self._name.setText(one_line(file.name))
        self._pill.show_purpose(file.purpose or "")
        self._size.setText("")
        self._download.setEnabled(why_no_download is None)
        self._download.setToolTip(why_no_download or "")

    def show_size(self, words: str) -> None:
        """Say how large the content is."""
        self._size.setText(words)


class _PartsLabel(ElidedLabel):
    """Shows as many of its parts, separated by dots, as there is room for: a cut number misleads."""

    def minimumSizeHint(self) -> QSize:
        """No room at all."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the parts."""
        whole, metrics = self.text(), self.fontMetrics()
        parts = whole.split(_DOT)
        while parts and metrics.horizontalAdvance(_DOT.join(parts)) > self.width():
            parts.pop()
        shown = _DOT.join(parts)
        self.setToolTip(tool_tip(whole) if shown != whole else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


_DOT = " · "
