from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from services.problems.errors import ProblemKind
from tests.support.factories import problem
from ui.messages.message_bar import MessageBar

BUSY = problem(
    "The server asks for a pause",
    kind=ProblemKind.RATE_LIMITED,
    advice="It goes on by itself.",
    detail="Rate limit reached",
    status=429,
    request_id="req_12",
)


class Bar:
    """The message bar in a window, as a person sees it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.timer = QTimer()
        self.bar = MessageBar(news_timer=self.timer)
        qtbot.addWidget(self.bar)
        self.bar.resize(900, 100)

    def said(self) -> str:
        return "\n".join(
            one.text() for one in self.bar.findChildren(QLabel) if one.isVisibleTo(self.bar)
        )

    def buttons(self) -> list[str]:
        return [
            one.text() or one.accessibleName()
            for one in self.bar.findChildren(QAbstractButton)
            if one.isVisibleTo(self.bar) and one.isVisible()
        ]

    def press(self, name: str) -> None:
        button = next(
            one
            for one in self.bar.findChildren(QAbstractButton)
            if one.isVisible() and name in (one.text(), one.accessibleName())
        )
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[Bar]:
    made = Bar(qtbot)
    yield made
    made.bar.clear()


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What assistive technology was told."""
    told: list[str] = []

    def note(event: QAccessibleAnnouncementEvent) -> None:
        told.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    return told


def test_nothing_to_tell_takes_no_room(bar: Bar) -> None:
    assert bar.bar.isHidden()


def test_a_problem_is_a_line_with_title_the_servers_sentence_advice_status_and_request_id(
    bar: Bar,
) -> None:
    bar.bar.show_problem(BUSY)
    assert not bar.bar.isHidden()
    title, said, advice, report = bar.said().splitlines()
    assert (title, advice, report) == (BUSY.title, BUSY.advice, "HTTP 429 · request ID req_12")
    assert BUSY.detail in said


def test_where_no_server_said_anything_nothing_is_put_into_its_mouth(bar: Bar) -> None:
    bar.bar.show_problem(problem("Gone", advice="Try again.", detail="[Errno 111]"))
    assert bar.said().splitlines() == ["Gone", "Try again."]
    assert bar.buttons() == ["Details", "Copy", "Dismiss"]


def test_the_file_it_happened_to_is_named(bar: Bar) -> None:
    bar.bar.show_problem(BUSY, subject="run\n1.jsonl")
    assert bar.said().startswith("run�1.jsonl: The server asks for a pause\n")


def test_five_hundred_same_problems_are_one_line(bar: Bar) -> None:
    for number in range(500):
        bar.bar.show_problem(BUSY, subject=f"{number}.jsonl")
    assert bar.said().startswith("The server asks for a pause (500 files)\n")
    assert "1 of" not in bar.said()
    bar.press("Dismiss")
    assert bar.bar.isHidden()


def test_the_same_file_failing_again_is_counted_once(bar: Bar) -> None:
    bar.bar.show_problem(BUSY, subject="a.jsonl")
    bar.bar.show_problem(BUSY, subject="a.jsonl")
    assert bar.said().startswith("a.jsonl: The server")


def test_files_of_one_name_are_counted_each(bar: Bar) -> None:
    for number in range(673):
        bar.bar.show_problem(BUSY, subject=f"run {number % 643}.jsonl", subject_id=f"file-{number}")
    bar.bar.show_problem(BUSY, subject="run 1.jsonl", subject_id="file-1")
    assert "(673 files)" in bar.said()
    bar.press("Copy")
    assert QGuiApplication.clipboard().text().count(".jsonl") == 673


def test_a_problem_without_a_file_is_counted_in_times(bar: Bar) -> None:
    for _number in range(3):
        bar.bar.show_problem(BUSY)
    assert "(3 times)" in bar.said()


def test_different_problems_wait_for_each_other(bar: Bar) -> None:
    for title in ("First", "Second", "Third", "Second"):
        bar.bar.show_problem(problem(title))
    assert bar.said().startswith("First")
    assert "1 of 3" in bar.said()
    bar.press("Dismiss")
    assert bar.said().startswith("Second (2 times)")
    assert "1 of 2" in bar.said()
    bar.press("Dismiss")
    assert bar.said().startswith("Third")
    assert "1 of" not in bar.said()


@pytest.mark.parametrize("width", [900, 300])
def test_how_many_wait_stands_level_with_the_buttons(bar: Bar, width: int) -> None:
    bar.bar.show_problem(BUSY)
    bar.bar.show_problem(problem("Another"))
    bar.bar.resize(width, bar.bar.heightForWidth(width))
    (copy,) = [one for one in bar.bar.findChildren(QAbstractButton) if one.text() == "Copy"]
    (place,) = [one for one in bar.bar.findChildren(QLabel) if one.text() == "1 of 2"]
    bar.qtbot.waitUntil(lambda: copy.y() + copy.height() <= bar.bar.height())
    assert abs(place.geometry().center().y() - copy.geometry().center().y()) <= 1


def test_the_details_expand_and_list_the_files(bar: Bar) -> None:
    for number in range(300):
        bar.bar.show_problem(BUSY, subject=f"{number}.jsonl")
    text = bar.bar.findChild(QPlainTextEdit)
    assert text is not None
    assert not text.isVisible()
    bar.press("Details")
    assert text.isVisible()
    lines = text.toPlainText().splitlines()
    assert lines[:3] == ["Rate limit reached", "0.jsonl", "1.jsonl"]
    assert lines[-1] == "and 100 more"
    bar.press("Details")
    assert not text.isVisible()


def test_there_is_no_details_button_without_details(bar: Bar) -> None:
    bar.bar.show_problem(problem())
    assert bar.buttons() == ["Copy", "Dismiss"]


def test_copy_puts_everything_on_the_clipboard(bar: Bar) -> None:
    bar.bar.show_problem(BUSY, subject="a.jsonl")
    bar.bar.show_problem(BUSY, subject="b.jsonl")
    bar.press("Copy")
    copied = QGuiApplication.clipboard().text()
    for words in (BUSY.title, BUSY.advice, "429", "req_12", BUSY.detail, "a.jsonl", "b.jsonl"):
        assert words in copied


def test_an_action_is_offered_done_and_the_line_goes(bar: Bar) -> None:
    action = QAction("Try again")
    done = QSignalSpy(action.triggered)
    bar.bar.show_problem(BUSY, action=action)
    bar.bar.show_problem(problem("Another"))
    bar.press("Try again")
    assert done.count() == 1
    assert bar.said().startswith("Another")
    assert "Try again" not in bar.buttons()


def test_news_goes_away_by_itself(bar: Bar) -> None:
    bar.bar.tell("3 files deleted")
    assert bar.said() == "3 files deleted"
    assert bar.timer.isActive()
    assert 3000 <= bar.timer.interval() <= 10000
    bar.timer.timeout.emit()
    assert bar.bar.isHidden()


def test_news_may_offer_something_and_then_stays_longer(bar: Bar) -> None:
    action = QAction("Restore")
    done = QSignalSpy(action.triggered)
    bar.bar.tell("3 files deleted", action=action)
    assert bar.buttons() == ["Restore", "Dismiss"]
    assert bar.timer.interval() >= 15_000
    bar.press("Restore")
    assert done.count() == 1
    assert bar.bar.isHidden()
    bar.bar.tell("Nothing to do")
    assert bar.buttons() == ["Dismiss"]
    assert bar.timer.interval() <= 10_000


def test_newer_news_stands_in_place_of_the_older_and_stays_its_full_time(bar: Bar) -> None:
    bar.bar.tell("One")
    bar.timer.stop()
    bar.bar.tell("Two")
    assert bar.said() == "Two"
    assert bar.timer.isActive()


def test_news_does_not_push_a_problem_aside(bar: Bar) -> None:
    bar.bar.show_problem(BUSY)
    bar.bar.tell("3 files deleted")
    assert BUSY.title in bar.said()
    assert "3 files deleted" in bar.said()
    bar.timer.timeout.emit()
    assert BUSY.title in bar.said()
    assert "3 files deleted" not in bar.said()


def test_clear_takes_everything_away(bar: Bar) -> None:
    bar.bar.show_problem(BUSY)
    bar.bar.tell("News")
    bar.bar.clear()
    assert bar.bar.isHidden()
    assert not bar.timer.isActive()
    bar.bar.show_problem(problem("New"))
    assert "1 of" not in bar.said()


def test_problems_and_news_are_announced(bar: Bar, announced: list[str]) -> None:
    bar.bar.tell("3 files deleted")
    for number in range(5):
        bar.bar.show_problem(BUSY, subject=f"{number}")
    news, trouble = announced
    assert news == "3 files deleted"
    assert all(part in trouble for part in (BUSY.title, BUSY.advice, BUSY.detail))


def test_words_of_a_server_are_shown_as_plain_text(bar: Bar) -> None:
    bar.bar.show_problem(problem("<b>Bad</b>", detail="<img src=x>\x07"))
    formats = {one.textFormat() for one in bar.bar.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}
    bar.press("Details")
    text = bar.bar.findChild(QPlainTextEdit)
    assert text is not None
    assert text.toPlainText() == "<img src=x>�"


def test_every_button_has_a_name(bar: Bar) -> None:
    for button in bar.bar.findChildren(QToolButton):
        assert button.accessibleName()


def test_it_does_not_take_the_keyboard_from_the_person(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar = MessageBar(window)
    window.show()
    window.setFocus()
    bar.show_problem(BUSY)
    focused: QWidget | None = window.focusWidget()
    assert not bar.isAncestorOf(focused if focused is not None else window)
