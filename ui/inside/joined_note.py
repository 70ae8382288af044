"""The line below the sums of batch results that names the files they were joined from."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from services.api.remote_file import RemoteFile
from services.system.language import _, ngettext
from ui.inside.joined_files import JoinedFiles, has_errors
from ui.widgets.labels import ElidedLabel
from ui.wording import count_in_words, one_line, tool_tip

_PLACE = re.compile(r"(\{input\}|\{other\})")
_LONGEST_NAME = 30
"""Characters shown of a name."""
_END = 12
"""How many of them are its end."""


class JoinedNote(QWidget):
    """Offers to find the requests; afterwards, names the files with links to those of the account."""

    find_requested = Signal()
    """Find the requests that the results answer."""
    file_requested = Signal(object)
    """Look inside this `RemoteFile`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.setMinimumWidth(1)  # a narrow window cuts it off
        self.show_joined(None)

    def show_joined(self, files: JoinedFiles | None) -> None:
        """Name the files that were joined; None offers to find them."""
        self._clear()
        if files is None:
            find = _link(_("Find the requests…"))
            find.clicked.connect(self.find_requested)
            self._row.addWidget(find)
        else:
            for part in _PLACE.split(_sentence(files)):
                self._row.addWidget(self._part(part, files))
        self._row.addStretch(1)

    def _part(self, text: str, files: JoinedFiles) -> QWidget:
        if text == "{input}":
            return self._name(files.requests.name, files.requests.file)
        if text == "{other}" and files.other is not None:
            return self._name(files.other.name, files.other)
        return _text(text)

    def _name(self, name: str, file: RemoteFile | None) -> QWidget:
        words = one_line(name)
        if file is None:
            return _text(_shortened(words))
        link = _link(_shortened(words))
        link.setAccessibleName(words)
        link.setToolTip(tool_tip(words))
        link.clicked.connect(lambda: self.file_requested.emit(file))
        return link

    def _clear(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _text(words: str) -> QLabel:
    shown = ElidedLabel("muted")
    shown.setText(words)
    return shown


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - _END - 1]}…{name[-_END:]}"


def _link(text: str) -> QPushButton:
    link = QPushButton(text)
    link.setProperty("look", "link")
    link.setCursor(Qt.CursorShape.PointingHandCursor)
    return link


def _sentence(files: JoinedFiles) -> str:
    number = files.joined.request_count
    if files.other is None:
        words = ngettext(
            "{number} request, joined by custom_id: asked in {input}",
            "{number} requests, joined by custom_id: asked in {input}",
            number,
        )
    elif has_errors(files.other):
        words = ngettext(
            "{number} request, joined by custom_id: asked in {input}, errors from {other}",
            "{number} requests, joined by custom_id: asked in {input}, errors from {other}",
            number,
        )
    else:
        words = ngettext(
            "{number} request, joined by custom_id: asked in {input}, answers from {other}",
            "{number} requests, joined by custom_id: asked in {input}, answers from {other}",
            number,
        )
    text = words.replace("{number}", count_in_words(number))
    unanswered = sum(
        count for state, count in files.joined.unfinished.items() if state.outcome is None
    )
    if unanswered:
        words = ngettext("{number} never answered", "{number} never answered", unanswered)
        text += " · " + words.format(number=count_in_words(unanswered))
    return text
