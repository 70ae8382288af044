"""The status line while someone looks inside a file: its lines, and where they were read from."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from services.system.language import _, ngettext
from services.system.locale_format import decimal
from services.system.sizes import format_size
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel
from ui.wording import count_in_words, one_line


class InsideStatus(QFrame):
    """Shows counts on the left and the source on the right."""

    read_all_requested = Signal()
    """Read a large file from the server to its end."""
    reopen_requested = Signal()
    """Try again to read a file that couldn't be read to its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "status")
        self._source: list[str] = []
        self._keys = ""
        self._way_back = _("Esc goes back to the files")
        self._left = ElidedLabel()
        self._right = ElidedLabel()
        self._read_all = _link(_("Read all"))
        self._read_all.clicked.connect(self.read_all_requested)
        self._again = _link(_("Try again"))
        self._again.clicked.connect(self.reopen_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 3, 14, 3)
        row.setSpacing(8)
        row.addWidget(self._left)
        row.addStretch(1)
        row.addWidget(self._read_all)
        row.addWidget(self._again)
        row.addWidget(self._right)

    def showEvent(self, event: QShowEvent) -> None:
        """Fix the height to that with the link, so that nothing moves."""
        self.setFixedHeight(self._read_all.sizeHint().height() + 6)
        super().showEvent(event)

    def show_counts(self, lines: int | None, selected: int, shown: int | None = None) -> None:
        """Show how many lines there are, None if it has none, and how many are selected.

        `shown` is how many of them are shown, if not all.
        """
        words = []
        if lines is not None:
            text = ngettext("{number} line", "{number} lines", lines)
            if shown is not None:
                text = ngettext("{shown} of {number} line", "{shown} of {number} lines", lines)
            words.append(
                text.format(shown=count_in_words(shown or 0), number=count_in_words(lines))
            )
            if selected:
                text = ngettext("{number} selected", "{number} selected", selected)
                words.append(text.format(number=count_in_words(selected)))
        self._left.setText("  ·  ".join(words))

    def show_curves(self, files: int, step: str) -> None:
        """Show how many files are compared, and the step that the line is at, if any."""
        words = []
        if files > 1:
            text = ngettext("{number} file compared", "{number} files compared", files)
            words.append(text.format(number=count_in_words(files)))
        if step:
            words.append(_("step {step}").format(step=step))
        self._left.setText("  ·  ".join(words))

    def show_way_back(self, words: str) -> None:
        """Say where Esc leads: “Esc goes back to the files”."""
        self._way_back = words
        self._show_right()

    def set_keys(self, words: str) -> None:
        """Say what keys do in the view that is shown; empty for nothing special."""
        if words != self._keys:
            self._keys = words
            self._show_right()

    def show_no_problem(self) -> None:
        """Say that no line has a problem, until something else is shown at the left."""
        self._left.setText(_("No problems found"))

    def show_saving(self, share: float) -> None:
        """Show how far saving lines has come, until the source is shown again."""
        percent = decimal(100 * share, 0)
        self._right.setText(_("Saving lines: {percent}%").format(percent=percent))

    def show_source(self, content: OpenContent | None, problem: str = "") -> None:
        """Show where the content was read from, and how much of it.

        `problem` says why not all of it could be read.
        """
        self._source = [problem] if problem else []
        if content is not None:
            self._source.append(_source_in_words(content))
        can_go_on = content is not None and content.is_paused and not content.is_whole
        self._read_all.setVisible(can_go_on and not problem)
        self._again.setVisible(bool(problem))
        self._show_right()

    def _show_right(self) -> None:
        keys = [self._keys] if self._keys else []
        self._right.setText(" · ".join([*self._source, *keys, self._way_back]))


def _link(text: str) -> QPushButton:
    button = link_button(text)
    button.hide()
    return button


def _source_in_words(content: OpenContent) -> str:
    if content.source is PreviewSource.LOCAL:
        path = one_line(_shortened(content.path))
        return _("Read from {path}, unchanged since the upload").format(path=path)
    if content.source is PreviewSource.PARSED_TEXT:
        return _("Text from a vector store")
    if not content.is_whole:
        return _("Read {done} of {size}").format(
            done=format_size(content.read), size=format_size(content.total)
        )
    words = _("Read from the server")
    if content.source is PreviewSource.CACHE:
        words = _("Read from the cache")
    if content.unlisted:
        text = _("{size} more than the server lists")
        if content.unlisted < 0:
            text = _("{size} less than the server lists")
        words = f"{words} · {text.format(size=format_size(abs(content.unlisted)))}"
    return words


def _shortened(path: Path) -> str:
    """The path, with `~` for the home folder."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
