"""A card with one message of a conversation."""

from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from services.previews.conversations.message import Act, Message, Role
from services.system.language import _
from services.system.locale_format import whole
from services.system.safe_text import shortened
from services.system.unsafe_characters import with_escapes
from ui.icons import icon
from ui.inside.opened_line.message_text import MessageText
from ui.inside.opened_line.message_words import heading_of, note_of
from ui.inside.opened_line.text_pieces import PIECE_CHARACTERS, PIECE_LINES, end_of_piece
from ui.inside.opened_line.turns import Turns
from ui.theme import Role as Ink
from ui.theme import color
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel, IconLabel

SIDE = 12
"""Pixels between the sides of a card and its text."""
MORE_CHARACTERS = 20_000
"""How much more of a text is shown when asked for more."""
_FIRST = {Role.SYSTEM: (240, 4), Role.DEVELOPER: (240, 4)}
"""The characters and lines shown at first."""
_FIRST_OF_OTHERS = (2_000, 30)
_LITTLE = 100
"""If no more characters than this are left, they are shown, too."""


class MessageCard(QFrame):
    """Shows a message: who says it, its text, and images and files by name.

    Tab stops once for all of that, and once for the button that shows more; the arrow keys go on.
    """

    text_reached = Signal(object)
    """An arrow key has led to this widget."""

    def __init__(self, message: Message, source: str, turns: Turns, width: int) -> None:
        """`source` says where the message is; `width` is that of the card, in pixels."""
        super().__init__()
        self._message = message
        self._turns = turns
        self._text = message.text
        self._pieces: list[MessageText] = []
        self._starts: list[int] = []
        self._end = 0
        self._wanted = 0
        """How many characters to show."""
        is_answer = message.role is Role.ASSISTANT and not message.from_request
        self.setProperty("look", "answer" if is_answer else "set-off")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SIDE, 8, SIDE, 8)
        self._column.setSpacing(4)
        self._column.addLayout(self._head(source))
        self._text_width = width - 2 * SIDE
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        self._column.addLayout(self._body)
        self._more = link_button()
        self._more.clicked.connect(self._show_more)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._attachments: MessageText | None = None
        if message.attachments:
            self._attachments = self._new_text(is_code=False, is_stop=not message.text)
            self._attachments.show_text(_attachments_in_words(message), self._text_width)
            self._column.addWidget(self._attachments)
        self._begin()

    @property
    def message(self) -> Message:
        """The message."""
        return self._message

    @property
    def stops(self) -> list[QWidget]:
        """What the Tab key goes to, in order."""
        attachments = [] if self._attachments is None else [self._attachments]
        return [*self._pieces, self._more, *attachments]

    @property
    def last_stop(self) -> QWidget:
        """The last one that the Tab key goes to."""
        return self.stops[-1]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the whole text."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._text or "\n".join(self._message.attachments))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring around the card while its text has the focus."""
        super().paintEvent(event)
        if not any(text.hasFocus() for text in self.findChildren(MessageText)):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(Ink.ACCENT, self.palette()), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _head(self, source: str) -> QHBoxLayout:
        message = self._message
        head = QHBoxLayout()
        head.setSpacing(6)
        failed = message.act is Act.FAILS or message.flagged
        heading = ElidedLabel("section")
        heading.setText(heading_of(message))
        if failed:
            heading.setProperty("look", "error")
        head.addWidget(heading)
        head.addStretch(1)
        learned = bool(message.weight)
        if learned:
            head.addWidget(IconLabel(icon("check", Ink.SUCCESS), 0.9))
        note = ElidedLabel("success" if learned else "muted")
        note.setText(note_of(message, source))
        head.addWidget(note)
        return head

    def _begin(self) -> None:
        characters, lines = _FIRST.get(self._message.role, _FIRST_OF_OTHERS)
        end = _end_after(self._text, 0, characters, lines)
        if len(self._text) - end <= _LITTLE and self._text.count("\n", end) <= 2:
            end = len(self._text)
        self._wanted = end
        if self._text:
            self._add_piece(0, end)
        self._update_more()

    def _new_text(self, *, is_code: bool, is_stop: bool) -> MessageText:
        text = MessageText(self._turns, is_code=is_code)
        text.setAccessibleName(heading_of(self._message))
        if not is_stop:
            text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        text.focus_changed.connect(self.update)
        text.left.connect(partial(self._step_from, text))
        return text

    def _step_from(self, text: MessageText, step: int) -> None:
        attachments = [] if self._attachments is None else [self._attachments]
        texts = [*self._pieces, *attachments]
        place = texts.index(text) + step
        if 0 <= place < len(texts):
            texts[place].setFocus(Qt.FocusReason.OtherFocusReason)
            self.text_reached.emit(texts[place])

    def _add_piece(self, start: int, end: int) -> None:
        is_code = self._message.act in (Act.CALLS, Act.ANSWERS)
        text = self._new_text(is_code=is_code, is_stop=not self._pieces)
        self._starts.append(start)
        self._pieces.append(text)
        self._fill_last(end)
        self._body.addWidget(text)
        if len(self._pieces) > 1:
            self.setTabOrder(self._pieces[-2], text)

    def _fill_last(self, end: int) -> None:
        shown = self._text[self._starts[-1] : end]
        if end < len(self._text):
            shown = shown.removesuffix("\n") if end < self._wanted else shown.rstrip() + " …"
        self._pieces[-1].show_text(
            shown, self._pieces[-1].width() if self.isVisible() else self._text_width
        )
        self._end = end

    def _update_more(self) -> None:
        left = len(self._text) - self._wanted
        if left <= MORE_CHARACTERS:
            words = _("Show all {number} characters").format(number=whole(len(self._text)))
        else:
            words = _("Show {number} more characters").format(number=whole(MORE_CHARACTERS))
        self._more.setText(words)
        self._more.setVisible(left > 0)

    @Slot()
    def _show_more(self) -> None:
        self._wanted = min(len(self._text), self._wanted + MORE_CHARACTERS)
        if self._more.hasFocus():
            self._pieces[-1].setFocus(Qt.FocusReason.OtherFocusReason)
        self._update_more()
        # The last piece may have been cut anywhere.
        self._fill_last(min(self._wanted, _end_after(self._text, self._starts[-1])))
        self._grow()

    def _grow(self) -> None:
        if self._end < self._wanted:
            self._turns.add(self, self._add_next)

    @Slot()
    def _add_next(self) -> None:
        self._add_piece(self._end, min(self._wanted, _end_after(self._text, self._end)))
        self._grow()


_MAX_ATTACHMENTS = 20
_MAX_ADDRESS = 200


def _attachments_in_words(message: Message) -> str:
    shown = message.attachments[:_MAX_ATTACHMENTS]
    lines = [shortened(one, _MAX_ADDRESS) for one in shown]
    return "\n".join([*lines, "…"] if len(shown) < len(message.attachments) else lines)


def _end_after(
    text: str, start: int, characters: int = PIECE_CHARACTERS, lines: int = PIECE_LINES
) -> int:
    """The end of a piece, which is shorter if it's mostly shown as escape sequences."""
    end = end_of_piece(text, start, characters, lines)
    if len(with_escapes(text[start:end])) > 2 * characters:
        return end_of_piece(text, start, characters // 4, lines)
    return end
