"""The kinds of unfinished requests of a batch, each with a check box."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from services.previews.batches.retry_lines import JoinedBatch, RequestState
from services.system.language import _
from ui.inside.results.retry_words import (
    message_of,
    other_errors_in_words,
    sorted_states,
    state_in_words,
)
from ui.widgets.elided_check_box import ElidedCheckBox
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.scrolled import scrolled

_KINDS_SHOWN = 30
"""More kinds share one check box."""
_LINES = 9
"""Lines that there is always room for without scrolling."""
_INDENT = 23
"""Where the text of a check box begins, in pixels."""


class UnfinishedList(QFrame):
    """Shows which requests can be retried; those that would fail again aren't checked at first."""

    changed = Signal()
    """Other kinds are checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "set-off")
        self._boxes: list[tuple[ElidedCheckBox, frozenset[RequestState]]] = []
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._message)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self._pages)
        self.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing() + 20)

    @property
    def boxes(self) -> list[QWidget]:
        """The check boxes, from the top."""
        return [box for box, _states in self._boxes]

    @property
    def chosen(self) -> frozenset[RequestState]:
        """The states whose boxes are checked."""
        return frozenset().union(*(states for box, states in self._boxes if box.isChecked()))

    def show_message(self, text: str) -> None:
        """Show a sentence in place of the boxes."""
        self._boxes.clear()
        for page in (self._pages.widget(place) for place in range(1, self._pages.count())):
            if page is not None:
                self._pages.removeWidget(page)
                page.deleteLater()
        self._message.setText(text)

    def show_joined(self, joined: JoinedBatch) -> None:
        """Show the unfinished requests."""
        unfinished = joined.unfinished
        if not unfinished:
            self.show_message(_("All requests succeeded. There is nothing to retry."))
            return
        self.show_message("")
        states = sorted_states(unfinished)
        single, others = states[:_KINDS_SHOWN], states[_KINDS_SHOWN:]
        if len(others) == 1:
            single, others = states, []
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        for state in single:
            words = state_in_words(state, unfinished[state])
            self._add(column, words, [state], message_of(joined, state))
        if others:
            number = sum(unfinished[state] for state in others)
            self._add(column, other_errors_in_words(len(others), number), others, "")
        column.addStretch(1)
        self._pages.addWidget(scrolled(page))
        self._pages.setCurrentIndex(1)

    def _add(
        self, column: QVBoxLayout, words: str, states: Iterable[RequestState], message: str
    ) -> None:
        of_box = frozenset(states)
        box = ElidedCheckBox(words)
        fails_again = all(state.will_fail_again for state in of_box)
        box.setChecked(not fails_again)
        box.toggled.connect(self.changed)
        self._boxes.append((box, of_box))
        column.addWidget(box)
        lines = [(message, "muted")]
        if fails_again:
            lines.append((_("Will fail again unless the request is changed."), "warning"))
        for text, look in lines:
            if text:
                line = ElidedLabel(look)
                line.setText(text)
                line.setContentsMargins(_INDENT, 0, 0, 0)
                column.addWidget(line)
        box.setAccessibleDescription(" ".join(text for text, _look in lines if text))
