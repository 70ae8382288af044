"""What several selected files add up to: by purpose, and over time."""

from collections.abc import Sequence
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.browse.selection_sums import sums_of
from services.browse.timeline import IncrementalTimeline, Period, has_timeline
from tests.support.factories import remote_file
from tests.support.narrowing import not_none
from tests.support.sent_moves import send_move
from ui.downloading.refused_content import RefusedContent
from ui.inspector.inspector import Inspector
from ui.inspector.size_chart import SizeChart
from ui.purpose_pill import PurposePill
from ui.theme import Role, color

NOW = 1_800_000_000
DAY = 86_400
NOON = 1_775_044_800
"""12:00 UTC on 1 April 2026."""

WEEK = [
    Period(date(2026, 4, 1), date(2026, 4, 1), 2, 3_000_000),
    Period(date(2026, 4, 2), date(2026, 4, 2)),
    Period(date(2026, 4, 3), date(2026, 4, 3), 2, 1_000_000, unknown=1),
]


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector(RefusedContent(), lambda: NOW)
    qtbot.addWidget(made)
    made.resize(320, 600)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def show(inspector: Inspector, files: Sequence[RemoteFile]) -> None:
    sums = sums_of(files)
    if not has_timeline(sums):
        inspector.show_sums(sums, ())
        return
    timeline = IncrementalTimeline(files, [(0, len(files) - 1)], sums)
    timeline.advance(len(files))
    inspector.show_sums(sums, timeline.periods)


def show_week(inspector: Inspector) -> SizeChart:
    files = [remote_file(created_at=NOON), remote_file(created_at=NOON + 2 * DAY)]
    inspector.show_sums(sums_of(files), WEEK)
    return chart(inspector)


def chart(inspector: Inspector) -> SizeChart:
    return not_none(inspector.findChild(SizeChart))


def purposes(inspector: Inspector) -> list[str]:
    return [
        pill.accessibleName() for pill in inspector.findChildren(PurposePill) if pill.isVisible()
    ]


def said(inspector: Inspector) -> list[str]:
    return [one.text() for one in inspector.findChildren(QLabel) if one.isVisible()]


def test_purposes_are_listed_with_the_largest_first(inspector: Inspector) -> None:
    show(
        inspector,
        [
            remote_file(purpose="batch", size=1_000_000),
            remote_file(purpose="batch", size=2_000_000),
            remote_file(purpose="vision", size=None),
            remote_file(purpose=None, size=5_000),
            remote_file(purpose="evals", size=7_000_000),
            remote_file(purpose="evals", size=None),
        ],
    )
    assert purposes(inspector) == ["evals", "batch", "No purpose", "vision"]
    words = said(inspector)
    assert "10.0 MB · 2 of unknown size" in words
    assert words[-8:] == [
        *("2 files", "≥ 7.0 MB"),
        *("2 files", "3.0 MB"),
        *("1 file", "5 KB"),
        *("1 file", "—"),
    ]
    spoken = [one.accessibleName() for one in inspector.findChildren(QLabel) if one.isVisible()]
    assert "7.0 MB · 1 of unknown size" in spoken


def test_at_most_eight_purposes_are_listed(inspector: Inspector) -> None:
    show(inspector, [remote_file(purpose=f"purpose-{n:02}", size=100 - n) for n in range(11)])
    assert purposes(inspector) == [f"purpose-{number:02}" for number in range(8)]
    assert "and 3 more" in said(inspector)
    show(inspector, [remote_file(purpose="batch"), remote_file(purpose="vision", size=1)])
    assert purposes(inspector) == ["batch", "vision"]
    assert not any("more" in text for text in said(inspector))


@pytest.mark.parametrize(
    ("moments", "words"),
    [
        ([NOON, NOON + 1], "Created 1 Apr 2026"),
        ([NOON, NOON + 40 * DAY], "Created 1 Apr – 11 May 2026"),
        ([NOON - 365 * DAY, NOON], "Created 1 Apr 2025 – 1 Apr 2026"),
        ([NOON, None], "Created 1 Apr 2026 · 1 without a date"),
        ([None, None], "Creation dates unknown"),
    ],
)
def test_the_time_span_is_told(inspector: Inspector, moments: list[int | None], words: str) -> None:
    show(inspector, [remote_file(created_at=moment) for moment in moments])
    assert words in said(inspector)


def test_a_single_file_shows_no_sums(inspector: Inspector) -> None:
    show_week(inspector)
    inspector.show_files([remote_file("alone.txt")])
    assert purposes(inspector) == []
    assert not chart(inspector).isVisible()
    show_week(inspector)
    assert purposes(inspector) == ["batch"]
    assert chart(inspector).isVisible()


def test_the_chart_is_empty_while_the_periods_are_added_up(inspector: Inspector) -> None:
    shown = show_week(inspector)
    files = [remote_file(created_at=NOON), remote_file(created_at=NOON + 9 * DAY)]
    sums = sums_of(files)
    inspector.show_sums(sums)
    assert shown.isVisible()
    assert amount(shown, Role.ACCENT) == 0
    inspector.show_sums(sums, WEEK)
    assert amount(shown, Role.ACCENT) > 0
    # The same once more, as after a refresh, changes nothing.
    inspector.show_sums(sums)
    assert amount(shown, Role.ACCENT) > 0


def test_a_chart_of_nothing_is_not_shown(inspector: Inspector) -> None:
    show_week(inspector)
    for files in (
        [remote_file(created_at=NOON), remote_file(created_at=NOON + 60)],
        [remote_file(created_at=None)] * 2,
        [remote_file(created_at=NOON, size=None), remote_file(created_at=NOON + DAY, size=0)],
    ):
        inspector.show_sums(sums_of(files))
        assert not chart(inspector).isVisible()
        inspector.show_sums(sums_of(files), ())
        assert not chart(inspector).isVisible()
        show_week(inspector)


@pytest.mark.parametrize(
    ("period", "unit"),
    [
        (Period(date(2026, 4, 1), date(2026, 4, 1), 1, 1), "by day"),
        (Period(date(2026, 3, 30), date(2026, 4, 5), 1, 1), "by week"),
        (Period(date(2026, 2, 1), date(2026, 2, 28), 1, 1), "by month"),
        (Period(date(2026, 1, 1), date(2026, 3, 31), 1, 1), "by quarter"),
        (Period(date(2026, 1, 1), date(2026, 12, 31), 1, 1), "by year"),
        (Period(date(2025, 1, 1), date(2029, 12, 31), 1, 1), "by 5 years"),
    ],
)
def test_how_long_a_period_is_is_told(inspector: Inspector, period: Period, unit: str) -> None:
    inspector.show_sums(sums_of([remote_file(), remote_file()]), [period])
    assert unit in said(inspector)


def test_the_keys_go_from_bar_to_bar(inspector: Inspector, qtbot: QtBot) -> None:
    shown = show_week(inspector)
    shown.setFocus()
    told = []
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_Home,
        Qt.Key.Key_Left,
        Qt.Key.Key_End,
    ):
        qtbot.keyClick(shown, key)
        assert shown.accessibleDescription() == shown.caption
        told.append(shown.caption)
    first, second, third = (
        "1 Apr 2026: 2 files · 3.0 MB",
        "2 Apr 2026: no files",
        "3 Apr 2026: 2 files · 1.0 MB · 1 of unknown size",
    )
    assert told == [first, second, third, third, second, first, first, third]


def test_an_empty_chart_takes_no_keys(inspector: Inspector, qtbot: QtBot) -> None:
    shown = show_week(inspector)
    inspector.show_sums(
        sums_of([remote_file(created_at=NOON), remote_file(created_at=NOON + 9 * DAY)])
    )
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End):
        qtbot.keyClick(shown, key)
    send_move(shown, QPoint(20, 20))
    assert shown.caption == ""


def test_the_pointer_tells_about_the_bar_below_it(inspector: Inspector) -> None:
    shown = show_week(inspector)
    for share, beginning in ((0.0, "1 Apr"), (0.5, "2 Apr"), (1.0, "3 Apr")):
        send_move(shown, QPoint(round(share * (shown.width() - 1)), 20))
        assert shown.caption.startswith(beginning)


def test_a_caption_that_is_cut_off_is_in_the_tool_tip(inspector: Inspector, qtbot: QtBot) -> None:
    shown = show_week(inspector)
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_End)
    assert "1 of unknown size" in shown.toolTip()
    qtbot.keyClick(shown, Qt.Key.Key_Home)
    assert shown.toolTip() == ""


def test_tab_reaches_the_chart_after_the_buttons(inspector: Inspector, qtbot: QtBot) -> None:
    shown = show_week(inspector)
    copy = next(one for one in inspector.findChildren(type(inspector._copy)) if one.isVisible())
    copy.setFocus()
    for _press in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if shown.hasFocus():
            return
    assert shown.hasFocus()


def test_a_focused_chart_looks_focused(inspector: Inspector) -> None:
    shown = show_week(inspector)
    without = shown.grab().toImage()
    shown.setFocus()
    assert shown.grab().toImage() != without


def test_many_long_purposes_fit_a_narrow_inspector(inspector: Inspector) -> None:
    show(
        inspector,
        [remote_file(purpose=f"{n}-" + "long" * 40, size=10**13 * (n + 1)) for n in range(9)],
    )
    for one in inspector.findChildren(QLabel):
        if one.isVisible():
            right = one.mapTo(inspector, QPoint(one.width(), 0)).x()
            assert right <= inspector.width()
            assert one.sizeHint().width() <= one.width() or one.wordWrap()


def amount(shown: SizeChart, role: Role) -> int:
    """How many pixels of the chart have exactly this color."""
    wanted = color(role, shown.palette()).rgb()
    picture = shown.grab().toImage()
    return sum(
        picture.pixel(x, y) == wanted
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    )
