"""The whole window as time passes: its texts about time never contradict each other."""

import os
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QTextEdit

from services.browse.ordering import Column
from services.catalog.events import FileRetrieved, FilesListed, ListingEnded, ListingStarted
from tests.support.factories import remote_file
from tests.ui.test_events import NOW, Opened
from tests.ui.test_events import opened as opened
from ui.table.columns import SECTION_OF

FILE = remote_file("one.jsonl", created_at=int(NOW) - 3600, expires_at=int(NOW) + 30)


@pytest.fixture(autouse=True)
def zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def list_it(opened: Opened) -> None:
    opened.open()
    opened.deliver(
        ListingStarted("acme", 1),
        FilesListed("acme", 1, (FILE,), 1),
        ListingEnded("acme", 1, complete=True),
    )


def cell(opened: Opened, column: Column) -> str:
    model = opened.window.workspace.area.model
    return str(model.index(0, SECTION_OF[column]).data())


def in_inspector(opened: Opened, title: str) -> str:
    edits = opened.window.workspace.inspector.findChildren(QTextEdit)
    return next(one.toPlainText() for one in edits if one.accessibleName() == title)


def activate(opened: Opened) -> None:
    QApplication.sendEvent(opened.window, QEvent(QEvent.Type.WindowActivate))


def describe(opened: Opened) -> None:
    """Deliver the file's full details from the server."""
    fields = (("id", FILE.id), ("created_at", FILE.created_at), ("expires_at", FILE.expires_at))
    opened.deliver(FileRetrieved("acme", FILE.id, fields, FILE))


def test_expired_and_not_yet_never_show_together(opened: Opened) -> None:
    list_it(opened)
    opened.window.workspace.area.table.select_ids([FILE.id])
    assert cell(opened, Column.EXPIRES) in in_inspector(opened, "Expires")
    before = cell(opened, Column.EXPIRES)
    opened.now += 31  # the screen still shows what was painted before
    describe(opened)
    assert cell(opened, Column.EXPIRES) == before
    assert before in in_inspector(opened, "Expires")
    activate(opened)
    assert cell(opened, Column.EXPIRES) != before
    assert cell(opened, Column.EXPIRES) in in_inspector(opened, "Expires")


def test_the_search_agrees_with_the_texts(opened: Opened) -> None:
    list_it(opened)
    opened.now += 31
    opened.window.workspace.area.search("expires:<=0d")
    assert opened.names() == set()
    opened.window.commands.refresh.trigger()
    assert opened.names() == {FILE.name}


def test_a_new_time_zone_is_noticed_when_the_window_becomes_active(opened: Opened) -> None:
    list_it(opened)
    opened.window.workspace.area.table.select_ids([FILE.id])
    describe(opened)
    before = cell(opened, Column.CREATED), in_inspector(opened, "Created")
    os.environ["TZ"] = "Asia/Kathmandu"
    activate(opened)
    after = cell(opened, Column.CREATED), in_inspector(opened, "Created")
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False]


@pytest.mark.parametrize("way", ["refresh", "another account"])
def test_a_new_time_zone_is_noticed_on_refresh(opened: Opened, way: str) -> None:
    list_it(opened)
    before = cell(opened, Column.CREATED)
    os.environ["TZ"] = "Asia/Kathmandu"
    if way == "refresh":
        opened.window.commands.refresh.trigger()
    else:
        list_it(opened)
    assert cell(opened, Column.CREATED) != before


def test_a_search_by_day_is_repeated_in_a_new_time_zone(opened: Opened) -> None:
    list_it(opened)
    assert FILE.created_at is not None
    day = datetime.fromtimestamp(FILE.created_at).astimezone().date()
    opened.window.workspace.area.search(f"created:{day}")
    assert opened.names() == {FILE.name}
    os.environ["TZ"] = "Pacific/Midway"  # UTC-11, where it is still the day before
    opened.now += 1
    activate(opened)
    assert opened.names() == set()
