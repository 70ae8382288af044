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
    """The message bar in a window, as a user sees it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.timer = QTimer()
        self.bar = MessageBar(notice_timer=self.timer)
        qtbot.addWidget(self.bar)
        self.bar.resize(900, 100)

    def texts(self) -> str:
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
    """Announcements made to screen readers."""
    messages: list[str] = []

    def note(event: QAccessibleAnnouncementEvent) -> None:
        messages.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    return messages


def test_an_empty_bar_takes_no_space(bar: Bar) -> None:
    assert bar.bar.isHidden()


def test_a_problem_shows_title_server_message_advice_status_and_request_id(
    bar: Bar,
) -> None:
    bar.bar.show_problem(BUSY)
    assert not bar.bar.isHidden()
    title, message, advice, report = bar.texts().splitlines()
    assert (title, advice, report) == (BUSY.title, BUSY.advice, "HTTP 429 · request ID req_12")
    assert BUSY.detail in message


def test_without_a_server_message_none_is_shown(bar: Bar) -> None:
    bar.bar.show_problem(problem("Gone", advice="Try again.", detail="[Errno 111]"))
    assert bar.texts().splitlines() == ["Gone", "Try again."]
    assert bar.buttons() == ["Details", "Copy", "Dismiss"]


def test_the_affected_file_is_named(bar: Bar) -> None:
    bar.bar.show_problem(BUSY, subject="run\n1.jsonl")
    assert bar.texts().startswith("run�1.jsonl: The server asks for a pause\n")


def test_five_hundred_equal_problems_are_one_line(bar: Bar) -> None:
    for number in range(500):
        bar.bar.show_problem(BUSY, subject=f"{number}.jsonl")
    assert bar.texts().startswith("The server asks for a pause (500 files)\n")
    assert "1 of" not in bar.texts()
    bar.press("Dismiss")
    assert bar.bar.isHidden()


def test_many_problems_are_shown_at_once(bar: Bar) -> None:
    """Showing one after the other would hold up the window for a minute."""
    changes = QSignalSpy(bar.bar.changed)
    bar.bar.show_problems((BUSY, "a.jsonl", f"file-{number}") for number in range(500))
    assert changes.count() == 1
    assert "The server asks for a pause (500 files)" in bar.texts()
    bar.bar.show_problems([])
    assert "(500 files)" in bar.texts()


def test_the_same_file_failing_again_is_counted_once(bar: Bar) -> None:
    bar.bar.show_problem(BUSY, subject="a.jsonl")
    bar.bar.show_problem(BUSY, subject="a.jsonl")
    assert bar.texts().startswith("a.jsonl: The server")


def test_files_with_the_same_name_are_counted_separately(bar: Bar) -> None:
    for number in range(673):
        bar.bar.show_problem(BUSY, subject=f"run {number % 643}.jsonl", subject_id=f"file-{number}")
    bar.bar.show_problem(BUSY, subject="run 1.jsonl", subject_id="file-1")
    assert "(673 files)" in bar.texts()
    bar.press("Copy")
    assert QGuiApplication.clipboard().text().count(".jsonl") == 673


def test_a_repeated_problem_without_a_file_shows_how_often(bar: Bar) -> None:
    for _number in range(3):
        bar.bar.show_problem(BUSY)
    assert "(3 times)" in bar.texts()


def test_different_problems_are_shown_one_at_a_time(bar: Bar) -> None:
    for title in ("First", "Second", "Third", "Second"):
        bar.bar.show_problem(problem(title))
    assert bar.texts().startswith("First")
    assert "1 of 3" in bar.texts()
    bar.press("Dismiss")
    assert bar.texts().startswith("Second (2 times)")
    assert "1 of 2" in bar.texts()
    bar.press("Dismiss")
    assert bar.texts().startswith("Third")
    assert "1 of" not in bar.texts()


@pytest.mark.parametrize("width", [900, 300])
def test_the_position_is_level_with_the_buttons(bar: Bar, width: int) -> None:
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


def test_an_action_can_be_triggered_and_dismisses_the_line(bar: Bar) -> None:
    action = QAction("Try again")
    done = QSignalSpy(action.triggered)
    bar.bar.show_problem(BUSY, action=action)
    bar.bar.show_problem(problem("Another"))
    bar.press("Try again")
    assert done.count() == 1
    assert bar.texts().startswith("Another")
    assert "Try again" not in bar.buttons()


def test_a_notice_disappears_by_itself(bar: Bar) -> None:
    bar.bar.show_notice("3 files deleted")
    assert bar.texts() == "3 files deleted"
    assert bar.timer.isActive()
    assert 3000 <= bar.timer.interval() <= 10000
    bar.timer.timeout.emit()
    assert bar.bar.isHidden()


def test_a_notice_with_an_action_stays_longer(bar: Bar) -> None:
    action = QAction("Restore")
    done = QSignalSpy(action.triggered)
    bar.bar.show_notice("3 files deleted", action=action)
    assert bar.buttons() == ["Restore", "Dismiss"]
    assert bar.timer.interval() >= 15_000
    bar.press("Restore")
    assert done.count() == 1
    assert bar.bar.isHidden()
    bar.bar.show_notice("Nothing to do")
    assert bar.buttons() == ["Dismiss"]
    assert bar.timer.interval() <= 10_000


def test_a_new_notice_replaces_the_old_one_and_stays_its_full_time(bar: Bar) -> None:
    bar.bar.show_notice("One")
    bar.timer.stop()
    bar.bar.show_notice("Two")
    assert bar.texts() == "Two"
    assert bar.timer.isActive()


def test_a_lasting_notice_stays_until_it_is_closed(bar: Bar, announced: list[str]) -> None:
    action, second = QAction("What's new"), QAction("Open page")
    bar.bar.show_lasting_notice("Something is new", action, second)
    assert bar.buttons() == ["What's new", "Open page", "Dismiss"]
    assert not bar.timer.isActive()
    bar.bar.show_notice("3 files deleted")
    assert bar.texts() == "3 files deleted"
    bar.timer.timeout.emit()
    assert bar.texts() == "Something is new"
    bar.bar.show_notice("2 files deleted")
    bar.press("Dismiss")
    assert bar.texts() == "Something is new"
    bar.bar.clear()
    assert bar.texts() == "Something is new"
    bar.press("Dismiss")
    assert bar.bar.isHidden()
    assert announced == ["Something is new", "3 files deleted", "2 files deleted"]


def test_a_lasting_notice_waits_for_its_turn_and_ends_with_its_action(bar: Bar) -> None:
    action = QAction("What's new")
    done = QSignalSpy(action.triggered)
    bar.bar.show_notice("3 files deleted")
    bar.bar.show_lasting_notice("Something is new", action)
    assert bar.texts() == "3 files deleted"
    bar.timer.timeout.emit()
    bar.bar.show_lasting_notice("Something else is new", action)
    assert bar.texts() == "Something else is new"
    bar.press("What's new")
    assert done.count() == 1
    assert bar.bar.isHidden()


def test_a_notice_does_not_hide_a_problem(bar: Bar) -> None:
    bar.bar.show_problem(BUSY)
    bar.bar.show_notice("3 files deleted")
    assert BUSY.title in bar.texts()
    assert "3 files deleted" in bar.texts()
    bar.timer.timeout.emit()
    assert BUSY.title in bar.texts()
    assert "3 files deleted" not in bar.texts()


def test_clear_removes_everything(bar: Bar) -> None:
    bar.bar.show_problem(BUSY)
    bar.bar.show_notice("News")
    bar.bar.clear()
    assert bar.bar.isHidden()
    assert not bar.timer.isActive()
    bar.bar.show_problem(problem("New"))
    assert "1 of" not in bar.texts()


def test_problems_and_notices_are_announced(bar: Bar, announced: list[str]) -> None:
    bar.bar.show_notice("3 files deleted")
    for number in range(5):
        bar.bar.show_problem(BUSY, subject=f"{number}")
    news, trouble = announced
    assert news == "3 files deleted"
    assert all(part in trouble for part in (BUSY.title, BUSY.advice, BUSY.detail))


def test_server_texts_are_shown_as_plain_text(bar: Bar) -> None:
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


def test_it_does_not_steal_focus(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar = MessageBar(window)
    window.show()
    window.setFocus()
    bar.show_problem(BUSY)
    focused: QWidget | None = window.focusWidget()
    assert not bar.isAncestorOf(focused if focused is not None else window)
