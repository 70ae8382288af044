import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.manual_clock import ManualClock
from ui.files.status_line import StatusLine

NOW = 1_800_000_000.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def line(qtbot: QtBot, clock: ManualClock) -> StatusLine:
    made = StatusLine(clock)
    qtbot.addWidget(made)
    made.resize(800, made.height())
    with qtbot.waitExposed(made):
        made.show()
    return made


def texts(line: StatusLine) -> tuple[str, str]:
    left, right = line.findChildren(QLabel)
    return left.text().replace(",", ""), right.text().replace(",", "")


def stop(line: StatusLine) -> QPushButton:
    found = line.findChild(QPushButton)
    assert found is not None
    return found


def timer(line: StatusLine) -> QTimer:
    found = line.findChild(QTimer)
    assert found is not None
    return found


def advance(line: StatusLine, clock: ManualClock, seconds: float) -> None:
    """Advance the clock and fire the timer, which must be running."""
    clock.now += seconds
    assert timer(line).isActive()
    assert timer(line).interval() <= max(1000, seconds * 1000)
    timer(line).timeout.emit()


def test_files_and_selection_are_on_the_left(line: StatusLine) -> None:
    line.show_files(12_408, 612_000_000_000, 12_408)
    assert texts(line)[0] == "12408 files · 612.0 GB"
    line.show_selection(1, 41_700_000)
    assert texts(line)[0] == "12408 files · 612.0 GB  ·  1 selected · 41.7 MB"
    line.show_selection(0, 0)
    line.show_files(1, 12_000, 1)
    assert texts(line)[0] == "1 file · 12 KB"
    line.show_files(0, 0, 0)
    assert texts(line)[0] == "0 files"
    line.show_files(29, 12_000, 10_000)
    assert texts(line)[0] == "29 of 10000 files · 12 KB"
    line.show_files(0, 0, 10_000)
    assert texts(line)[0] == "0 of 10000 files"


def test_a_listing_shows_its_progress_and_can_be_stopped(line: StatusLine, qtbot: QtBot) -> None:
    assert not stop(line).isVisible()
    line.show_listing(0)
    assert texts(line)[1] == "Listing…"
    line.show_listing(12_000)
    assert texts(line)[1] == "Listing… 12000 so far"
    with qtbot.waitSignal(line.stop_requested):
        qtbot.mouseClick(stop(line), Qt.MouseButton.LeftButton)


def test_the_age_of_the_listing_updates_by_itself(line: StatusLine, clock: ManualClock) -> None:
    line.show_listing(5)
    line.show_updated(NOW)
    assert not stop(line).isVisible()
    assert texts(line)[1] == "Updated just now"
    advance(line, clock, 12)
    assert texts(line)[1] == "Updated 12 s ago"
    advance(line, clock, 60)
    assert texts(line)[1] == "Updated 1 min ago"
    advance(line, clock, 3600)
    assert texts(line)[1] == "Updated 1 h ago"


def test_a_clock_set_back_shows_no_negative_age(line: StatusLine, clock: ManualClock) -> None:
    clock.now -= 3600
    line.show_updated(NOW)
    assert texts(line)[1] == "Updated just now"


def test_an_interrupted_listing_says_why_and_has_no_age(
    line: StatusLine, clock: ManualClock
) -> None:
    line.show_updated(NOW)
    line.show_listing(7)
    line.show_stopped("The server is busy\nvery")
    assert texts(line)[1] == "The server is busy\ufffdvery"
    assert not stop(line).isVisible()
    assert not timer(line).isActive()


def test_the_line_keeps_its_height_when_the_stop_link_appears(line: StatusLine) -> None:
    before = line.height()
    line.show_listing(7)
    assert line.height() == before
    assert stop(line).geometry().bottom() < line.height()


def link(line: StatusLine, text: str) -> QPushButton | None:
    """The link with that text, if visible."""
    shown = [one for one in line.findChildren(QPushButton) if one.isVisible()]
    return next((one for one in shown if one.text() == text), None)


def test_cached_files_show_their_age_during_a_new_listing(
    line: StatusLine, clock: ManualClock
) -> None:
    line.show_listing(0, NOW - 2 * 3600)
    assert texts(line)[1] == "Updated 2 h ago · Listing…"
    line.show_listing(12_000, NOW - 2 * 3600)
    assert texts(line)[1] == "Updated 2 h ago · Listing… 12000 so far"
    advance(line, clock, 3600)
    assert texts(line)[1] == "Updated 3 h ago · Listing… 12000 so far"
    assert stop(line).isVisible()
    line.show_updated(NOW + 3600)
    assert texts(line)[1] == "Updated just now"


def test_a_cached_listing_is_never_just_now(line: StatusLine) -> None:
    line.show_listing(0, NOW)
    assert texts(line)[1] == "Updated 5 s ago · Listing…"


def test_an_interrupted_listing_can_be_resumed_or_restarted(line: StatusLine, qtbot: QtBot) -> None:
    line.show_listing(12_000)
    line.show_stopped("Stopped at 12,000 files", can_refresh=True, can_resume=True)
    go_on, refresh = link(line, "Try again from here"), link(line, "Refresh")
    assert go_on is not None
    assert refresh is not None
    assert link(line, "Stop") is None
    with qtbot.waitSignal(line.resume_requested):
        qtbot.mouseClick(go_on, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(line.refresh_requested):
        qtbot.mouseClick(refresh, Qt.MouseButton.LeftButton)
    line.show_listing(12_000)
    assert link(line, "Try again from here") is None
    assert link(line, "Refresh") is None


def test_resume_is_offered_only_if_possible(line: StatusLine) -> None:
    line.show_stopped("The key was refused", NOW - 60, can_refresh=True)
    assert texts(line)[1] == "Updated 1 min ago · The key was refused"
    assert link(line, "Try again from here") is None
    assert link(line, "Refresh") is not None


def test_slow_sorting_is_shown_next_to_the_counts(line: StatusLine) -> None:
    line.show_files(2, 100, 2)
    line.show_arranging(True)
    assert texts(line)[0] == "2 files · 100 bytes  ·  Sorting…"
    line.show_arranging(False)
    assert texts(line)[0] == "2 files · 100 bytes"


def test_a_watch_failure_is_shown_next_to_the_age_until_it_is_over(
    line: StatusLine, clock: ManualClock
) -> None:
    line.show_updated(NOW - 120)
    line.show_watch_failure("Looking for new files failed")
    assert texts(line)[1] == "Updated 2 min ago · Looking for new files failed"
    advance(line, clock, 60)
    assert texts(line)[1] == "Updated 3 min ago · Looking for new files failed"
    line.show_watch_failure("")
    assert texts(line)[1] == "Updated 3 min ago"


def test_notes_are_behind_a_link(line: StatusLine) -> None:
    assert link(line, "2 notes") is None
    line.show_notes(("3 ids came twice.", "Sizes are missing."))
    assert link(line, "2 notes") is not None
    line.show_notes(())
    shown = [one.text() for one in line.findChildren(QPushButton) if one.isVisible()]
    assert not any("note" in text for text in shown)


def test_a_narrow_window_elides_the_text_and_has_a_tooltip(line: StatusLine) -> None:
    words = "The server could not be reached, whatever was tried, and this is a long sentence"
    line.show_files(12_408, 612_000_000_000, 12_408)
    line.show_stopped(words, can_refresh=True)
    line.resize(line.minimumSizeHint().width(), line.height())
    assert line.width() < 500
    line.grab()  # painting elides the text and sets the tooltip
    right = line.findChildren(QLabel)[1]
    assert right.width() < right.sizeHint().width()
    assert words in right.toolTip()


def test_longer_text_gets_its_space_at_once(line: StatusLine) -> None:
    line.show_listing(1)
    line.show_listing(1_000_000, NOW - 60)
    left, right = line.findChildren(QLabel)
    assert right.width() >= right.sizeHint().width()
    line.show_files(12_408, 612_000_000_000, 12_408)
    assert left.width() >= left.sizeHint().width()
