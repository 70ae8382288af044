"""A list that finds what is typed in any word of its items."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView, QWidget

from ui.widgets.typed_text import TypedText

OTHER_WORDS_ROLE = Qt.ItemDataRole.UserRole + 1
"""More text in which an item is found."""


class WordSearchView(QListView):
    """For a `ListBox`; open or closed, typing chooses the first item with a word that starts so.

    Qt's own search compares only the beginning of an item.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed = TypedText()

    def keyboardSearch(self, search: str) -> None:
        """Choose the next item that fits what was typed without a longer pause."""
        begins = not self._typed.is_going_on
        typed = self._typed.add(search)
        model, current = self.model(), self.currentIndex()
        texts = []
        for row in range(model.rowCount()):
            index = model.index(row, self.modelColumn(), self.rootIndex())
            parts = (index.data(), index.data(OTHER_WORDS_ROLE))
            texts.append(" ".join(str(part) for part in parts if part))
        # The first letter goes on from the current item, so that it can be typed again.
        start = current.row() + 1 if begins else max(0, current.row())
        found = row_with(texts, typed, start)
        if found is not None:
            self.setCurrentIndex(model.index(found, self.modelColumn(), self.rootIndex()))


def row_with(texts: Sequence[str], typed: str, start: int) -> int | None:
    """The first text, from `start` on and then from the top, that begins so, or a word of it."""
    rows = [(start + step) % len(texts) for step in range(len(texts))]
    in_a_word = re.compile(rf"(?<!\w){re.escape(typed)}", re.IGNORECASE)
    begins = (row for row in rows if texts[row].casefold().startswith(typed.casefold()))
    has_word = (row for row in rows if in_a_word.search(texts[row]))
    return next(begins, next(has_word, None))
