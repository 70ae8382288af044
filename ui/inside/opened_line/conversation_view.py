"""Shows a line as the conversation that it's about, with cards for its messages."""

from collections.abc import Iterator, Sequence
from itertools import islice

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from services.previews.conversations.conversation import Conversation, Detail
from services.previews.conversations.message import Message
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.safe_text import one_line, shortened
from services.system.unsafe_characters import with_escapes
from ui.icons import icon
from ui.inside.opened_line.message_card import MessageCard
from ui.inside.opened_line.turns import Turns
from ui.inspector.field_view import FieldView
from ui.inspector.fields import Field
from ui.theme import Role
from ui.widgets.buttons import link_button
from ui.widgets.labels import IconLabel, label

_GAP = 8
_MESSAGES_PER_STEP = 100
_PAIR_CHARACTERS = 50
"""Two answers are side by side if the view is as wide as this many characters."""
_ASKED_AT_FIRST = 20
"""How many messages of a request are shown at first: the last ones."""
_MAX_DETAILS = 30
_MAX_VALUE = 600
"""The most characters shown of a detail."""
_MAX_CHARACTERS = 6_000
"""The most characters shown of all details together; the tree has all of them."""
_MAX_NAME = 200


class ConversationView(QScrollArea):
    """The messages of a line one below the other, two answers side by side, then the details."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "part")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Conversation"))
        self.viewport().setAutoFillBackground(False)
        self._conversation = Conversation()
        self._sources = ("", "")
        self._turns = Turns(self)
        self._cards: list[MessageCard] = []
        self._waiting: Iterator[tuple[QVBoxLayout, Message]] = iter(())
        self._most = 0
        """How many messages to show until the user asks for more."""
        self._column = QVBoxLayout()
        self._column.setSpacing(_GAP)
        self._more = link_button()
        self._more.hide()
        self._more.clicked.connect(self._show_more)
        self._earlier = link_button()
        self._earlier.hide()
        self._earlier.clicked.connect(self._show_earlier)
        self._pair: QWidget | None = None
        self._cut = label(look="muted", wrap=True)
        self._cut.hide()
        self._details = FieldView(is_one_stop=True)
        self._details.value_reached.connect(self._show_widget)
        page = QWidget()
        page.setAutoFillBackground(False)
        self._outer = QVBoxLayout(page)
        self._outer.setContentsMargins(0, _GAP, _GAP, _GAP)
        self._outer.setSpacing(_GAP)
        self._outer.addWidget(self._earlier, 0, Qt.AlignmentFlag.AlignLeft)
        self._outer.addLayout(self._column)
        self._outer.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._outer.addWidget(self._cut)
        self._outer.addSpacing(_GAP)
        self._outer.addWidget(self._details)
        self._outer.addStretch(1)
        self.setWidget(page)

    @property
    def cards(self) -> list[MessageCard]:
        """The cards that are there already, in order."""
        return list(self._cards)

    @property
    def turns(self) -> Turns:
        """What adds the cards and lays them out."""
        return self._turns

    def show_conversation(
        self, conversation: Conversation, *, request_source: str = "", source: str = ""
    ) -> None:
        """Show another conversation. The sources say where the request and the rest are."""
        self._conversation = conversation
        self._sources = (source, request_source)
        asked = sum(message.from_request for message in conversation.messages)
        # The answer comes before the beginning of a long history.
        self._begin(skipped=asked - _ASKED_AT_FIRST if asked > _ASKED_AT_FIRST + 1 else 0)

    def clear(self) -> None:
        """Show nothing."""
        self.show_conversation(Conversation())

    def _begin(self, skipped: int) -> None:
        self._clear()
        if skipped:
            words = ngettext(
                "Show {number} earlier message", "Show {number} earlier messages", skipped
            )
            self._earlier.setText(words.format(number=whole(skipped)))
        self._earlier.setVisible(skipped > 0)
        self._waiting = islice(self._placed(self._conversation), skipped, None)
        self._details.show_fields(_fields(self._conversation.details))
        self.verticalScrollBar().setValue(0)
        self._add_some()

    @Slot()
    def _show_earlier(self) -> None:
        if self._earlier.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._begin(skipped=0)

    def _clear(self) -> None:
        self._turns.forget_all()
        gone: list[QWidget] = [*self._cards, *([] if self._pair is None else [self._pair])]
        for widget in gone:
            widget.hide()
            widget.deleteLater()
        self._cards = []
        self._pair = None
        self._most = 0
        self._more.hide()
        self._cut.hide()

    def _placed(self, conversation: Conversation) -> Iterator[tuple[QVBoxLayout, Message]]:
        """Each message with the column that it goes to."""
        for message in conversation.messages:
            yield self._column, message
        if conversation.preferred or conversation.other:
            better, worse = self._add_pair()
            yield from ((better, message) for message in conversation.preferred)
            yield from ((worse, message) for message in conversation.other)

    def _add_pair(self) -> tuple[QVBoxLayout, QVBoxLayout]:
        self._pair = QWidget()
        row = QBoxLayout(self._direction(), self._pair)
        row.setContentsMargins(0, _GAP, 0, 0)
        row.setSpacing(_GAP)
        self._outer.insertWidget(2, self._pair)
        return (
            _answer_column(row, _("PREFERRED"), icon("check", Role.SUCCESS)),
            _answer_column(row, _("NOT PREFERRED"), icon("x", Role.MUTED)),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put two answers below each other if there's no room side by side."""
        super().resizeEvent(event)
        row = None if self._pair is None else self._pair.layout()
        if isinstance(row, QBoxLayout):
            row.setDirection(self._direction())

    def _direction(self) -> QBoxLayout.Direction:
        narrow = self.viewport().width() < _PAIR_CHARACTERS * self.fontMetrics().averageCharWidth()
        directions = QBoxLayout.Direction
        return directions.TopToBottom if narrow else directions.LeftToRight

    @Slot()
    def _add_some(self) -> None:
        self._more.hide()
        self._most += _MESSAGES_PER_STEP
        self._turns.add(self, self._add_next)
        self._turns.do_some()

    @Slot()
    def _show_more(self) -> None:
        if self._more.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._add_some()

    @Slot(object)
    def _show_widget(self, widget: QWidget) -> None:
        self.ensureWidgetVisible(widget)

    def _add_next(self) -> None:
        """Add a card; the others follow in this turn or the next ones."""
        if len(self._cards) >= self._most:
            words = _("Show {number} more messages")
            self._more.setText(words.format(number=whole(_MESSAGES_PER_STEP)))
            self._more.show()
            return
        placed = next(self._waiting, None)
        if placed is None:
            if self._conversation.are_cut:
                words = _("There are more than {number} messages. The others are in the tree.")
                self._cut.setText(words.format(number=whole(len(self._cards))))
                self._cut.show()
            return
        column, message = placed
        width = self.viewport().width() - _GAP
        if column is not self._column:
            width = (width - _GAP) // 2
        card = MessageCard(message, self._sources[message.from_request], self._turns, width)
        column.insertWidget(column.count() - (column is not self._column), card)
        # By default, a new widget would come last in the window's Tab order.
        before = self._cards[-1].last_stop if self._cards else self._earlier
        for stop in card.stops:
            self.setTabOrder(before, stop)
            before = stop
        card.text_reached.connect(self._show_widget)
        self._cards.append(card)
        self._turns.add(self, self._add_next)


def _answer_column(row: QBoxLayout, title: str, sign: QIcon) -> QVBoxLayout:
    head = QHBoxLayout()
    head.setSpacing(6)
    head.addWidget(IconLabel(sign, 0.9))
    head.addWidget(label(title, "section"))
    head.addStretch(1)
    column = QVBoxLayout()
    column.setSpacing(_GAP)
    column.addLayout(head)
    column.addStretch(1)
    row.addLayout(column, 1)
    return column


def _fields(details: Sequence[Detail]) -> list[Field]:
    """The details as fields, cut to what can be laid out at once."""
    shown = details[:_MAX_DETAILS]
    most = min(_MAX_VALUE, _MAX_CHARACTERS // max(1, len(shown)))
    fields = []
    for one in shown:
        title = shortened(one_line(one.name), _MAX_NAME)
        fields.append(Field(title, title, with_escapes(shortened(one.value, most))))
    left = len(details) - len(shown)
    if left:
        words = ngettext("{number} more in the tree", "{number} more in the tree", left)
        fields.append(Field("", "…", words.format(number=whole(left))))
    return fields
