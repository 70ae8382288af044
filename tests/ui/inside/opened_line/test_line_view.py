"""One opened line: its head, its tabs, and what is copied from each."""

import json

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTextEdit
from pytestqt.qtbot import QtBot

from services.previews.content.content_kind import ContentKind
from tests.support.narrowing import not_none, now
from ui.inside.opened_line.line_view import LineView, Tab
from ui.inside.opened_line.message_card import MORE_CHARACTERS, MessageCard
from ui.inside.opened_line.shown_line import ShownLine


@pytest.fixture
def view(qtbot: QtBot, light: None) -> LineView:
    made = LineView()
    qtbot.addWidget(made)
    made.resize(450, 700)
    with qtbot.waitActive(made):
        made.show()
    return made


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def example(*messages: object, **more: object) -> ShownLine:
    content = encoded({"messages": list(messages), **more})
    return ShownLine("Line 1,206", content, ContentKind.CONVERSATIONS)


def user(text: str) -> dict[str, object]:
    return {"role": "user", "content": text}


RESULT = ShownLine(
    "q-0031",
    encoded(
        {
            "custom_id": "q-0031",
            "response": {
                "status_code": 200,
                "request_id": "req_1",
                "body": {"choices": [{"message": {"role": "assistant", "content": "Ask us."}}]},
            },
            "error": None,
        }
    ),
    ContentKind.BATCH_RESULTS,
    subtitle="Line 1,187 · gpt-4.1-mini",
    status="200 succeeded",
    has_succeeded=True,
    request=encoded({"custom_id": "q-0031", "body": {"messages": [user("Whom do I ask?")]}}),
    request_source="eval-sweep-0412, line 31",
    source="line 1,187",
)
BROKEN = ShownLine("Line 7", b'{"messages": nope, "\x1b[31m": 1}', ContentKind.CONVERSATIONS)


def settle(view: LineView, qtbot: QtBot) -> None:
    turns = (view.conversation.turns, view.tree.turns, view.tree.view.turns, view.raw.text.turns)
    qtbot.waitUntil(lambda: all(one.are_done for one in turns))
    if view.shown_tab is Tab.CONVERSATION:
        # New widgets are laid out and shown after what is waiting for the window.
        qtbot.waitUntil(lambda: all(one.isVisible() for one in view.conversation.cards))
        qtbot.waitUntil(lambda: all(one.are_done for one in turns))


def text_of(card: MessageCard) -> str:
    return "".join(text.toPlainText() for text in card.findChildren(QTextEdit))


def labels_of(card: MessageCard) -> list[str]:
    return [one.text() for one in card.findChildren(QLabel) if one.text()]


def link_of(card: MessageCard) -> QPushButton:
    (link,) = card.findChildren(QPushButton)
    return link


def copy_button(view: LineView) -> QPushButton:
    (button,) = [one for one in view.findChildren(QPushButton) if one.text() == "Copy"]
    return button


def top_left(card: MessageCard, view: LineView) -> QPoint:
    return card.mapTo(view, QPoint(0, 0))


def copied() -> str:
    return QGuiApplication.clipboard().text()


def shown_labels(view: LineView) -> list[str]:
    return [one.text() for one in view.findChildren(QLabel) if one.isVisible() and one.text()]


def test_a_result_is_shown_with_its_request(view: LineView, qtbot: QtBot) -> None:
    view.show_line(RESULT)
    settle(view, qtbot)
    assert {"q-0031", "Line 1,187 · gpt-4.1-mini", "200 succeeded"} <= set(shown_labels(view))
    asked, answered = view.conversation.cards
    assert labels_of(asked) == ["USER", "eval-sweep-0412, line 31"]
    assert labels_of(answered) == ["ASSISTANT", "line 1,187"]
    assert (text_of(asked), text_of(answered)) == ("Whom do I ask?", "Ask us.")


def test_another_line_replaces_all_of_the_last_one(view: LineView, qtbot: QtBot) -> None:
    view.show_line(RESULT)
    view.show_line(example(user("Where?")))
    settle(view, qtbot)
    assert [text_of(card) for card in view.conversation.cards] == ["Where?"]
    assert "200 succeeded" not in shown_labels(view)
    view.clear()
    assert shown_labels(view) == ["Select a line to see all of it."]
    assert view.conversation.cards == []


def test_keys_choose_the_tabs(view: LineView, qtbot: QtBot) -> None:
    view.show_line(RESULT)
    for key, tab in ((Qt.Key.Key_2, Tab.TREE), (Qt.Key.Key_3, Tab.RAW)):
        QTest.keyClick(view, key, Qt.KeyboardModifier.ControlModifier)
        assert now(view.shown_tab) is tab
    QTest.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert now(view.shown_tab) is Tab.CONVERSATION


def test_the_chosen_tab_stays_for_the_next_line(view: LineView) -> None:
    view.show_line(RESULT)
    view.tabs.setCurrentIndex(Tab.TREE)
    view.show_line(example(user("Hi")))
    assert now(view.shown_tab) is Tab.TREE
    assert view.tree.view.model().rowCount() == 1


def test_a_broken_line_opens_as_it_is_with_the_reason(view: LineView) -> None:
    view.show_line(BROKEN)
    assert now(view.shown_tab) is Tab.RAW
    assert view.raw.problem.startswith("Character 14: ")
    assert view.raw.text.toPlainText() == '{"messages": nope, "\\x1b[31m": 1}'
    assert [view.tabs.isTabEnabled(tab) for tab in Tab] == [False, False, True]
    QTest.keyClick(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert now(view.shown_tab) is Tab.RAW
    view.show_line(RESULT)
    assert now(view.shown_tab) is Tab.CONVERSATION
    view.choose_tab(Tab.RAW)
    assert view.raw.problem == ""


def test_other_json_has_no_conversation(view: LineView) -> None:
    view.show_line(ShownLine("Line 1", b'{"a": 1}', ContentKind.JSON_LINES))
    assert now(view.shown_tab) is Tab.TREE
    assert not view.tabs.isTabEnabled(Tab.CONVERSATION)
    view.show_line(RESULT)
    assert now(view.shown_tab) is Tab.CONVERSATION


def test_the_beginning_of_a_line_says_that_it_is_not_all(view: LineView, qtbot: QtBot) -> None:
    whole = example(user("First"), user("Second"))
    view.show_line(replace(whole, content=whole.content[:-7], is_whole=False))
    settle(view, qtbot)
    assert [text_of(card) for card in view.conversation.cards] == ["First", "Sec"]
    assert any("Only its first" in text for text in shown_labels(view))
    view.choose_tab(Tab.TREE)
    assert view.tree.view.tree_model.rowCount() == 1
    view.show_line(whole)
    assert not any("Only its first" in text for text in shown_labels(view))


def test_the_beginning_of_a_broken_line_opens_as_it_is(view: LineView) -> None:
    view.show_line(ShownLine("Line 1", b'{"a": b, "c', ContentKind.JSON_LINES, is_whole=False))
    assert view.shown_tab is Tab.RAW
    assert "very long" in view.raw.problem


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        (Tab.CONVERSATION, "Ask us."),
        (Tab.TREE, "q-0031"),
        (Tab.RAW, RESULT.content.decode()),
    ],
)
def test_what_is_shown_is_copied(view: LineView, qtbot: QtBot, tab: Tab, expected: str) -> None:
    view.show_line(RESULT)
    view.choose_tab(tab)
    settle(view, qtbot)
    QTest.mouseClick(copy_button(view), Qt.MouseButton.LeftButton)
    assert copied() == expected


def test_without_an_answer_the_messages_are_copied(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example(user("One"), {"role": "system", "content": "Two"}))
    view.copy()
    assert copied() == "USER\nOne\n\nSYSTEM\nTwo"


def test_half_characters_can_be_shown_and_copied(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example({"role": "assistant", "content": "a\ud800\0b"}))
    settle(view, qtbot)
    (card,) = view.conversation.cards
    assert text_of(card) == "a\\ud800\\x00b"
    view.copy()
    assert copied().startswith("a")


def test_a_message_is_copied_by_keys(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example(user("One\u00a0two"), {"role": "assistant", "content": "Three"}))
    settle(view, qtbot)
    text = not_none(view.conversation.cards[0].findChild(QTextEdit))
    QTest.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied() == "One\u00a0two"
    QTest.keyClick(text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(text, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied() == "One\u00a0tw"
    QTest.keyClick(view.conversation, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied() == "Three"


def test_tab_goes_through_the_cards_and_then_the_details(view: LineView, qtbot: QtBot) -> None:
    images = [{"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}]
    view.show_line(
        example({"role": "system", "content": "x" * 7_000}, {"role": "user", "content": images})
    )
    settle(view, qtbot)
    system, asked = view.conversation.cards
    view.tabs.setFocus()
    visited = []
    for _step in range(7):
        QTest.keyClick(not_none(QApplication.focusWidget()), Qt.Key.Key_Tab)
        visited.append(not_none(QApplication.focusWidget()))
    assert visited[:5] == [
        copy_button(view),
        view.conversation,
        system.findChild(QTextEdit),
        link_of(system),
        asked.findChild(QTextEdit),
    ]
    assert view.conversation.isAncestorOf(visited[5])
    assert visited[6] is view.tabs


def test_arrow_keys_go_through_a_card_and_through_the_details(view: LineView, qtbot: QtBot) -> None:
    images = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}},
    ]
    view.show_line(example({"role": "user", "content": images}, a=1, b=[2], c="three"))
    settle(view, qtbot)
    (card,) = view.conversation.cards
    attachment, text = card.findChildren(QTextEdit)
    view.conversation.setFocus()
    stops = []
    for _step in range(9):
        focused = not_none(QApplication.focusWidget())
        stops.append(focused)
        assert not isinstance(focused, QTextEdit) or focused.accessibleName()
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    inside = not_none(view.conversation.widget())
    in_view = [one for one in dict.fromkeys(stops) if inside.isAncestorOf(one)]
    assert len(in_view) == 2, "one for the card, and one for the details"
    assert in_view[0] is text
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Down)
    assert attachment.hasFocus()
    QTest.keyClick(attachment, Qt.Key.Key_Down)
    assert attachment.hasFocus()
    QTest.keyClick(attachment, Qt.Key.Key_Up)
    assert text.hasFocus()
    value = in_view[1]
    value.setFocus()
    QTest.keyClick(value, Qt.Key.Key_Down)
    following = not_none(QApplication.focusWidget())
    assert following is not value
    assert following.accessibleName() not in ("", value.accessibleName())
    QTest.keyClick(following, Qt.Key.Key_Up)
    assert value.hasFocus()


def test_weights_say_what_is_learned(view: LineView, qtbot: QtBot) -> None:
    call = {"id": "call_5c", "function": {"name": "find", "arguments": '{"a": 1}'}}
    view.show_line(
        example(
            {"role": "assistant", "tool_calls": [call], "weight": 0},
            {"role": "tool", "tool_call_id": "call_5c", "content": "{}"},
            {"role": "assistant", "content": "Hi", "weight": 1},
            {"role": "narrator", "content": "Fin"},
        )
    )
    settle(view, qtbot)
    assert [labels_of(card) for card in view.conversation.cards] == [
        ["ASSISTANT CALLS A TOOL", "weight 0 · not learned"],
        ["TOOL ANSWERS", "call_5c"],
        ["ASSISTANT", "weight 1 · learned"],
        ["NARRATOR"],
    ]
    call_text = not_none(view.conversation.cards[0].findChild(QTextEdit))
    assert call_text.toPlainText() == "find(a=1)"


def test_two_answers_are_side_by_side(view: LineView, qtbot: QtBot) -> None:
    line = {
        "input": {"messages": [user("How cold?")]},
        "preferred_output": [{"role": "assistant", "content": "2.7 K"}],
        "non_preferred_output": [{"role": "assistant", "content": "Very"}],
    }
    view.show_line(ShownLine("Line 3", encoded(line), ContentKind.PREFERENCES))
    settle(view, qtbot)
    asked, better, worse = view.conversation.cards
    assert [text_of(one) for one in (asked, better, worse)] == ["How cold?", "2.7 K", "Very"]
    places = [top_left(one, view) for one in (asked, better, worse)]
    assert places[1].y() == places[2].y() > places[0].y()
    assert places[1].x() < places[2].x()


def test_long_texts_are_cut_until_asked_for_more(view: LineView, qtbot: QtBot) -> None:
    text = "".join(f"Sentence {number}. " for number in range(3_000))
    view.show_line(example({"role": "system", "content": text}))
    settle(view, qtbot)
    (card,) = view.conversation.cards
    link = link_of(card)
    first = text_of(card)
    assert first.endswith(" …")
    assert len(first) < 300
    asked = 0
    while link.isVisible():
        asked += 1
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
        settle(view, qtbot)
    assert text_of(card).replace("\n", "") == text
    assert asked == -(-len(text) // MORE_CHARACTERS)


def test_a_text_that_is_a_little_longer_is_not_cut(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example({"role": "system", "content": "word " * 60}))
    settle(view, qtbot)
    (card,) = view.conversation.cards
    assert not link_of(card).isVisible()
    assert "Show all 7,904 characters" not in labels_of(card)


def test_the_link_says_how_long_the_text_is(view: LineView, qtbot: QtBot) -> None:
    view.show_line(
        example({"role": "system", "content": "x" * 7_904}, user("y" * (2 * MORE_CHARACTERS)))
    )
    settle(view, qtbot)
    assert [link_of(card).text() for card in view.conversation.cards] == [
        "Show all 7,904 characters",
        "Show 20,000 more characters",
    ]


def test_many_messages_are_shown_in_steps(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example(*[user(f"m{number}") for number in range(230)]))
    settle(view, qtbot)
    assert len(view.conversation.cards) == 100
    (more,) = [one for one in view.findChildren(QPushButton) if "more messages" in one.text()]
    for count in (200, 230):
        assert more.isVisible()
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)
        settle(view, qtbot)
        assert len(view.conversation.cards) == count
    assert not more.isVisible()
    assert [text_of(card) for card in view.conversation.cards] == [f"m{n}" for n in range(230)]


def test_the_answer_comes_before_a_long_history(view: LineView, qtbot: QtBot) -> None:
    asked = [user(f"m{number}") for number in range(50)]
    request = encoded({"custom_id": "q-0031", "body": {"messages": asked}})
    view.show_line(replace(RESULT, request=request))
    settle(view, qtbot)
    expected = [f"m{number}" for number in range(50)] + ["Ask us."]
    assert [text_of(card) for card in view.conversation.cards] == expected[30:]
    (earlier,) = [one for one in view.findChildren(QPushButton) if "earlier" in one.text()]
    assert earlier.text() == "Show 30 earlier messages"
    QTest.mouseClick(earlier, Qt.MouseButton.LeftButton)
    settle(view, qtbot)
    assert [text_of(card) for card in view.conversation.cards] == expected
    assert not earlier.isVisible()


def test_two_answers_are_below_each_other_in_a_narrow_view(view: LineView, qtbot: QtBot) -> None:
    line = {
        "preferred_output": [{"role": "assistant", "content": "2.7 K"}],
        "non_preferred_output": [{"role": "assistant", "content": "Very"}],
    }
    view.resize(240, 700)
    view.show_line(ShownLine("Line 3", encoded(line), ContentKind.PREFERENCES))
    settle(view, qtbot)
    better, worse = view.conversation.cards
    qtbot.waitUntil(lambda: top_left(worse, view).y() > top_left(better, view).y())
    assert top_left(worse, view).x() == top_left(better, view).x()
    view.resize(600, 700)
    qtbot.waitUntil(lambda: top_left(worse, view).x() > top_left(better, view).x())


def test_long_words_make_nothing_wider(view: LineView, qtbot: QtBot) -> None:
    long = "very_long_name" * 20
    content = [{"type": "image_url", "image_url": {"url": "https://x.test/" + long}}]
    view.show_line(
        replace(
            example(
                {"role": long, "content": long},
                {"role": "tool", "tool_call_id": long, "name": long, "content": content},
                **{long: long},
            ),
            title=long,
            subtitle=long,
            status=long,
        )
    )
    settle(view, qtbot)
    page = not_none(view.conversation.widget())
    assert page.width() == view.conversation.viewport().width()
    assert view.minimumSizeHint().width() < 400
    for card in view.conversation.cards:
        assert card.minimumSizeHint().width() < 300


def test_every_card_has_the_height_of_its_text(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example(user("word " * 100), user("short")))
    settle(view, qtbot)
    texts = [not_none(card.findChild(QTextEdit)) for card in view.conversation.cards]

    def are_fitted() -> bool:
        return all(
            text.document().textWidth() == text.viewport().width()
            and 0 <= text.height() - text.document().size().height() <= 4
            and text.verticalScrollBar().maximum() == 0
            for text in texts
        )

    heights = []
    for width in (450, 300, 600):
        view.resize(width, 700)
        qtbot.waitUntil(are_fitted)
        heights.append(texts[0].height())
    assert heights[1] > heights[0] > heights[2]


def test_markup_is_shown_as_text(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example(user("<b>bold</b><img src='x'>")))
    settle(view, qtbot)
    assert text_of(view.conversation.cards[0]) == "<b>bold</b><img src='x'>"


def test_the_fields_for_graders_are_below(view: LineView, qtbot: QtBot) -> None:
    view.show_line(example(user("2 + 2?"), reference_answer="four"))
    settle(view, qtbot)
    texts = [one.toPlainText() for one in view.conversation.findChildren(QTextEdit)]
    assert "four" in texts
    assert "reference_answer" in shown_labels(view)
