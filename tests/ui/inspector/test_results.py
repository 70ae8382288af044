"""The results of a batch in the inspector: offered, added up, failed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from services.accounts.settings import ModelPrice, SettingsStore
from services.previews.batches.batch_result import Outcome, TokenCount
from services.previews.batches.batch_summary import BatchSummary, SummaryProgress
from services.previews.events import ResultsAdded, ResultsFailed
from services.previews.preview import PreviewSource
from tests.support.factories import problem, remote_file
from tests.support.narrowing import not_none
from tests.ui.inspector.test_preview import OTHER, RESULTS, Shown, ready
from ui.inspector.results_view import ResultsView
from ui.theme import Role, color
from ui.widgets.parts_bar import PartsBar

FILE = remote_file("out.jsonl", id="file-1", purpose="batch_output", size=5_000_000)


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json", lambda save: save())


@pytest.fixture
def shown(qtbot: QtBot, settings: SettingsStore) -> Shown:
    made = Shown(qtbot, settings)
    made.select(FILE)
    made.rest()
    return made


def summary(
    outcomes: dict[Outcome, int],
    errors: dict[tuple[int | None, str], int] | None = None,
    messages: dict[tuple[int | None, str], str] | None = None,
    tokens: dict[str, TokenCount] | None = None,
) -> BatchSummary:
    return BatchSummary(outcomes, errors or {}, messages or {}, tokens or {})


def added(
    found: BatchSummary, *, read: int = 1_000_000, is_complete: bool = True, file_id: str = "file-1"
) -> ResultsAdded:
    return ResultsAdded(file_id, SummaryProgress(read, found, is_complete))


def said(shown: Shown) -> list[str]:
    """What can be read in the section, if it is there."""
    view = not_none(shown.inspector.findChild(ResultsView))
    words = [one.text() for one in view.findChildren(QLabel) if one.isVisible()]
    return words + [one.text() for one in view.findChildren(QPushButton) if one.isVisible()]


def press(shown: Shown) -> None:
    buttons = not_none(shown.inspector.findChild(ResultsView)).findChildren(QPushButton)
    (button,) = [one for one in buttons if one.isVisible()]
    shown.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


RETRY = "Retry unfinished lines…"
SUMS = summary({Outcome.SUCCEEDED: 1_200, Outcome.FAILED: 1})


def test_what_holds_no_results_has_no_such_section(shown: Shown) -> None:
    shown.engine.publish(ready(b"text"))
    assert said(shown) == []


def test_sums_are_put_into_words(shown: Shown) -> None:
    found = summary(
        {
            Outcome.SUCCEEDED: 1_200,
            Outcome.FAILED: 3,
            Outcome.EXPIRED: 1,
            Outcome.CANCELLED: 2,
            Outcome.UNREADABLE: 1,
        },
        {(429, "slow"): 2, (None, "batch_expired"): 1, (500, ""): 1, (None, ""): 1, (400, "x"): 1},
        {(429, "slow"): "<b>Too</b>\nmany", (None, "batch_expired"): ""},
        {"m": TokenCount(1_000, 500, 100), "n": TokenCount(1_000, 0, 0)},
    )
    shown.engine.publish(added(found))
    assert said(shown) == [
        "RESULTS",
        "1,200 succeeded · 3 failed · 1 expired · 2 canceled · 1 unreadable line",
        "2 × 429 slow: <b>Too</b>\ufffdmany\n1 × batch_expired\n1 × 500\n2 other errors",
        "2,000 tokens in · 500 out · 100 cached",
        RETRY,
    ]
    labels = not_none(shown.inspector.findChild(ResultsView)).findChildren(QLabel)
    assert {one.textFormat() for one in labels if "<b>" in one.text()} == {Qt.TextFormat.PlainText}


def test_retrying_is_offered_once_something_is_known_to_be_unfinished(
    shown: Shown, qtbot: QtBot
) -> None:
    view = not_none(shown.inspector.findChild(ResultsView))
    shown.engine.publish(ready(RESULTS), added(summary({Outcome.SUCCEEDED: 2})))
    assert RETRY not in said(shown)
    shown.engine.publish(added(SUMS, is_complete=False))
    assert RETRY not in said(shown)
    shown.engine.publish(added(SUMS))
    with qtbot.waitSignal(view.retry_requested) as told:
        press(shown)
    assert told.args == [FILE]
    shown.select(OTHER)
    assert said(shown) == []


def test_an_error_that_says_nothing_is_unknown(shown: Shown) -> None:
    shown.engine.publish(added(summary({Outcome.FAILED: 1}, {(None, ""): 1})))
    assert "1 × unknown error" in said(shown)


def test_how_far_it_has_come_is_shown_until_the_end(shown: Shown) -> None:
    shown.engine.publish(added(SUMS, is_complete=False))
    assert "Read 1.0 MB of 5.0 MB" in said(shown)
    shown.engine.publish(added(SUMS))
    assert not any("Read" in text for text in said(shown))


def test_large_results_at_the_server_are_added_up_only_when_asked(shown: Shown) -> None:
    shown.engine.publish(ready(RESULTS, is_whole=False))
    assert said(shown) == ["RESULTS", "Add up all 5.0 MB"]
    assert shown.engine.arguments_of("previews.add_results") == []
    press(shown)
    assert shown.engine.arguments_of("previews.add_results") == [(FILE,)]
    assert said(shown) == ["RESULTS", "Loading…"]
    shown.engine.publish(added(SUMS))
    assert said(shown) == ["RESULTS", "1,200 succeeded · 1 failed", RETRY]


@pytest.mark.parametrize(
    ("content", "source", "is_whole"),
    [
        (RESULTS, PreviewSource.LOCAL, False),
        (RESULTS, PreviewSource.PARSED_TEXT, False),
        (RESULTS, PreviewSource.SERVER, True),
        (b"a\nb\n", PreviewSource.SERVER, False),
    ],
)
def test_nothing_is_offered_that_comes_by_itself_or_has_no_results(
    shown: Shown, content: bytes, source: PreviewSource, is_whole: bool
) -> None:
    shown.engine.publish(ready(content, source=source, is_whole=is_whole))
    assert said(shown) == []


def test_a_failure_keeps_the_sums_so_far_and_offers_another_attempt(shown: Shown) -> None:
    shown.engine.publish(ready(RESULTS, is_whole=False))
    press(shown)
    shown.engine.publish(added(SUMS, is_complete=False))
    shown.engine.publish(ResultsFailed("file-1", problem("No network", advice="Try again.")))
    assert said(shown) == [
        "RESULTS",
        "1,200 succeeded · 1 failed",
        "No network. Try again.",
        "Try again",
    ]
    press(shown)
    assert len(shown.engine.arguments_of("previews.add_results")) == 2


def test_a_failure_is_told_even_if_nothing_was_added_up_before(shown: Shown) -> None:
    shown.engine.publish(added(SUMS))
    shown.select(OTHER)
    shown.select(FILE)
    shown.rest()
    shown.engine.publish(ready(RESULTS, source=PreviewSource.LOCAL, is_whole=False))
    shown.engine.publish(ResultsFailed("file-1", problem("Can't read it", advice="Look there.")))
    assert said(shown) == ["RESULTS", "Can't read it. Look there."]


def test_what_came_too_late_is_not_shown(shown: Shown) -> None:
    shown.engine.publish(added(SUMS))
    shown.select(OTHER)
    assert said(shown) == []
    shown.engine.publish(added(SUMS), ResultsFailed("file-1", problem()))
    assert said(shown) == []
    shown.rest()
    shown.engine.publish(added(SUMS), ResultsFailed("file-1", problem()))
    assert said(shown) == []


@pytest.mark.parametrize(
    ("outcomes", "roles"),
    [
        ({Outcome.SUCCEEDED: 10}, [Role.SUCCESS]),
        ({Outcome.FAILED: 1, Outcome.SUCCEEDED: 100_000}, [Role.SUCCESS, Role.DANGER]),
        (
            {Outcome.CANCELLED: 1, Outcome.EXPIRED: 100_000, Outcome.FAILED: 1},
            [Role.WARNING, Role.MUTED, Role.DANGER],
        ),
        ({}, [Role.TRACK]),
    ],
)
def test_even_the_smallest_part_of_the_bar_can_be_seen(
    shown: Shown, outcomes: dict[Outcome, int], roles: list[Role]
) -> None:
    shown.engine.publish(added(summary(outcomes)))
    view = not_none(shown.inspector.findChild(ResultsView))
    bar = not_none(view.findChild(PartsBar))
    image = bar.grab().toImage()
    line = image.height() // 2
    painted = {image.pixelColor(x, line).name() for x in range(image.width())}
    assert {QColor(color(role, shown.window.palette())).name() for role in roles} <= painted


def test_what_the_tokens_cost_is_told_once_prices_were_entered(
    shown: Shown, settings: SettingsStore
) -> None:
    tokens = {"m": TokenCount(2_000_000, 1_000_000), "n": TokenCount(1)}
    sums = summary({Outcome.SUCCEEDED: 1}, tokens=tokens)
    shown.engine.publish(added(sums))
    assert not any("USD" in text for text in said(shown))
    settings.change(prices={"m": ModelPrice("1", "", "3")})
    shown.flow.show_prices()
    assert "≈ 5.00 USD for 1 of 2 models" in said(shown)
    shown.select(OTHER)
    shown.flow.show_prices()
    assert said(shown) == []
