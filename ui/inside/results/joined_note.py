"""The line below the sums of batch results that names the files they were joined from."""

import re

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from services.system.language import _, ngettext
from services.system.safe_text import without_middle
from ui.inside.results.joined_files import JoinedFiles
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel
from ui.wording import count_in_words, one_line, tool_tip

_PLACE = re.compile(r"(\{input\}|\{other\})")
_LONGEST_NAME = 30
"""Characters shown of a name."""


class JoinedNote(QWidget):
    """Offers to find the requests; afterwards, names the files with links to those of the account."""

    find_requested = Signal()
    """Find the requests that the results answer."""
    file_requested = Signal(object)
    """Look inside this `RemoteFile`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: JoinedFiles | None = None
        # Made only once, so that Tab reaches them in this place.
        self._find = link_button(_("Find the requests…"))
        self._input = link_button()
        self._other = link_button()
        self._find.clicked.connect(self.find_requested)
        self._input.clicked.connect(self._ask_for_input)
        self._other.clicked.connect(self._ask_for_other)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self._find)
        self._row.addWidget(self._input)
        self._row.addWidget(self._other)
        self.setMinimumWidth(1)  # a narrow window cuts it off
        self.show_joined(None)

    def show_joined(self, files: JoinedFiles | None) -> None:
        """Name the files that were joined; None offers to find them."""
        self._files = files
        self._clear()
        parts = [self._find] if files is None else self._parts(files)
        for part in parts:
            self._row.addWidget(part)
            part.show()
        self._row.addStretch(1)

    def _parts(self, files: JoinedFiles) -> list[QWidget]:
        parts: list[QWidget] = []
        for text in _PLACE.split(_sentence(files)):
            if text == "{input}" and files.requests.file is None:
                parts.append(_text(without_middle(one_line(files.requests.name), _LONGEST_NAME)))
            elif text == "{input}":
                parts.append(_named(self._input, files.requests.name))
            elif text == "{other}" and files.other is not None:
                parts.append(_named(self._other, files.other.name))
            else:
                parts.append(_text(text))
        return parts

    def _clear(self) -> None:
        links = (self._find, self._input, self._other)
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                if widget not in links:
                    widget.deleteLater()

    @Slot()
    def _ask_for_input(self) -> None:
        if self._files is not None:
            self.file_requested.emit(self._files.requests.file)

    @Slot()
    def _ask_for_other(self) -> None:
        if self._files is not None:
            self.file_requested.emit(self._files.other)


def _named(link: QPushButton, name: str) -> QPushButton:
    words = one_line(name)
    link.setText(without_middle(words, _LONGEST_NAME))
    link.setAccessibleName(words)
    link.setToolTip(tool_tip(words))
    return link


def _text(words: str) -> QLabel:
    shown = ElidedLabel("muted")
    shown.setText(words)
    return shown


def _sentence(files: JoinedFiles) -> str:
    number = files.joined.request_count
    if files.other is None:
        words = ngettext(
            "{number} request, joined by custom_id: asked in {input}",
            "{number} requests, joined by custom_id: asked in {input}",
            number,
        )
    elif files.other.id in files.error_ids:
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
