"""Messages cover the bottom of the table, and nothing else moves."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from tests.support.factories import problem, transfer
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at

LONG = problem(
    "The server asks for a pause",
    advice="It goes on by itself as soon as the server takes requests again.",
    detail="Rate limit reached for requests in this organization",
    status=429,
    request_id="req_12",
)


def place(part: QWidget) -> QRect:
    """The part's rectangle on the screen."""
    return QRect(part.mapToGlobal(QPoint(0, 0)), part.size())


def row_place(desk: Desk, row: int) -> QRect:
    rect = desk.table.visualRect(desk.table.model().index(row, 0))
    return rect.translated(desk.table.viewport().mapToGlobal(QPoint(0, 0)))


def places(desk: Desk) -> list[QRect]:
    """The rectangles of everything that must stay in place."""
    parts = desk.window.workspace
    rows = [row_place(desk, row) for row in range(desk.table.model().rowCount())]
    return [
        *rows,
        *map(place, (parts.bar, parts.sidebar, parts.area, parts.inspector, parts.transfers)),
        *map(place, (parts.transfers.table, desk.table.header, desk.window.status)),
    ]


@pytest.fixture
def full(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """More files than fit, and transfers."""
    files_server.add(*(served_file(f"run-{number:02}.jsonl") for number in range(60)))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 60 and desk.sees("Updated"))
    desk.window.workspace.transfers.model.update_transfers([transfer(), transfer()])
    desk.wait(desk.window.workspace.transfers.table.isVisible)
    return desk


MESSAGES: dict[str, Callable[[Desk], object]] = {
    "problem": lambda desk: desk.window.messages.show_problem(LONG, subject="run-01.jsonl"),
    "notice": lambda desk: desk.window.messages.show_notice("3 files deleted"),
}


@pytest.mark.parametrize("kind", MESSAGES)
@pytest.mark.parametrize("scrolled", ["top", "bottom"])
def test_nothing_moves_when_a_message_appears(full: Desk, kind: str, scrolled: str) -> None:
    if scrolled == "bottom":
        full.table.scrollToBottom()
    before = places(full)
    MESSAGES[kind](full)
    full.wait(full.window.messages.isVisible)
    assert places(full) == before
    message = place(full.window.messages)
    assert message.bottom() == place(full.window.workspace.area).bottom()
    assert message.left() == place(full.window.workspace.area).left()
    full.press("Dismiss", full.window.messages)
    full.wait(lambda: not full.window.messages.isVisible())
    assert places(full) == before


def test_the_placeholder_page_stays_in_place(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("No files yet")
    button = desk.button("Upload…", desk.window.workspace.area)
    before = place(button)
    desk.window.messages.show_problem(LONG)
    desk.wait(desk.window.messages.isVisible)
    assert place(button) == before


@pytest.mark.parametrize("kind", MESSAGES)
def test_the_last_row_can_be_scrolled_into_view(full: Desk, kind: str) -> None:
    MESSAGES[kind](full)
    messages = full.window.messages
    full.wait(lambda: messages.isVisible() and place(full.table).bottom() < place(messages).top())
    full.table.setFocus()
    full.key(Qt.Key.Key_End)
    assert place(full.table.viewport()).contains(row_place(full, 59))


def test_it_has_its_height_at_once(full: Desk) -> None:
    messages = full.window.messages
    heights = []
    steps = [MESSAGES["notice"], MESSAGES["problem"]]
    steps.append(lambda desk: desk.press("Details", messages))
    for step in steps:
        step(full)
        # Nothing has been painted yet, because no event has been processed since.
        heights.append((messages.height(), messages.heightForWidth(messages.width())))
    assert [height for height, _needed in heights] == [needed for _height, needed in heights]
    assert len(set(heights)) == 3


def test_it_grows_upward(full: Desk) -> None:
    full.window.messages.show_problem(LONG, subject="run-01.jsonl")
    full.wait(full.window.messages.isVisible)
    before, low = places(full), place(full.window.messages)
    full.press("Details", full.window.messages)
    full.wait(lambda: full.window.messages.height() > low.height())
    assert place(full.window.messages).bottom() == low.bottom()
    assert places(full) == before
    full.press("Details", full.window.messages)
    full.wait(lambda: place(full.window.messages) == low)


def test_it_follows_the_table(full: Desk) -> None:
    full.window.messages.show_problem(LONG)
    full.wait(full.window.messages.isVisible)
    area, messages = full.window.workspace.area, full.window.messages

    def lies_over() -> bool:
        over, under = place(messages), place(area)
        return (over.left(), over.width(), over.bottom()) == (
            under.left(),
            under.width(),
            under.bottom(),
        )

    changes: list[Callable[[], object]] = [
        lambda: full.window.commands.inspector.trigger(),
        lambda: full.window.commands.transfers.trigger(),
        lambda: full.window.resize(1024, 700),
    ]
    for change in changes:
        before = place(area)
        change()
        full.wait(partial(lambda before: place(area) != before and lies_over(), before))


def test_it_fits_next_to_the_inspector_in_a_small_window(full: Desk) -> None:
    full.window.resize(1024, 700)
    full.window.messages.show_problem(LONG, action=full.window.commands.refresh)
    full.wait(full.window.messages.isVisible)
    full.wait(
        lambda: place(full.window.messages).width() == place(full.window.workspace.area).width()
    )
    shown = [
        one
        for one in full.window.messages.findChildren(QWidget)
        if isinstance(one, QLabel | QAbstractButton) and one.isVisible()
    ]
    for one in shown:
        assert place(full.window.messages).contains(place(one)), one
        least = one.heightForWidth(one.width()) if one.hasHeightForWidth() else 0
        assert one.height() >= least, one.text()
    assert full.window.messages.height() <= full.window.workspace.area.height() // 2


def test_it_stays_above_the_undo_bar_and_does_not_move_after_it(full: Desk) -> None:
    full.select("run-01.jsonl")
    full.key(Qt.Key.Key_Delete)
    full.press("Delete 1 file", full.dialog("Delete files"))
    undo = full.window.deletes.undo_bar
    full.wait(undo.isVisible)
    before = place(undo)
    full.window.messages.show_problem(LONG)
    full.wait(full.window.messages.isVisible)
    assert place(undo) == before
    message = place(full.window.messages)
    assert not message.intersects(place(undo))
    undo.send_now()
    full.wait(lambda: not undo.isVisible())
    assert place(full.window.messages).bottom() == message.bottom()
    full.press("Dismiss", full.window.messages)
    full.wait(lambda: not full.sees(LONG.title))
    full.window.messages.clear()
    full.window.messages.show_problem(LONG)
    area = full.window.workspace.area
    full.wait(lambda: place(full.window.messages).bottom() == place(area).bottom())


def test_it_moves_above_a_later_undo_bar(full: Desk) -> None:
    full.window.messages.show_problem(LONG)
    full.select("run-01.jsonl")
    full.key(Qt.Key.Key_Delete)
    full.press("Delete 1 file", full.dialog("Delete files"))
    undo = full.window.deletes.undo_bar
    full.wait(undo.isVisible)
    assert not place(full.window.messages).intersects(place(undo))
    undo.undo()


def test_on_the_welcome_page_it_is_at_the_bottom(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.wait_to_see("Try the sandbox")
    before = place(desk.button("Connect…"))
    desk.window.messages.show_problem(LONG)
    desk.wait(desk.window.messages.isVisible)
    assert place(desk.window.messages).bottom() == place(desk.window.pages.welcome).bottom()
    assert place(desk.button("Connect…")) == before


def test_in_tab_order_it_comes_between_transfers_and_status_line(full: Desk) -> None:
    full.window.messages.show_problem(LONG, action=full.window.commands.refresh)
    full.wait(full.window.messages.isVisible)
    parts = full.window.workspace
    order: list[QWidget] = []
    here = not_none(parts.bar.nextInFocusChain())
    while here is not parts.bar:
        order.append(here)
        here = not_none(here.nextInFocusChain())
    copy = full.button("Copy", full.window.messages)
    assert order.index(parts.transfers.table) < order.index(copy) < order.index(full.window.status)
