import itertools
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from services.catalog.events import CachedFilesListed, FileDeleted, FilesListed
from services.system.events import Event
from services.transfers.events import TransferChanged
from tests.support.factories import transfer
from ui.mailbox import Mailbox

pytestmark = pytest.mark.usefixtures("qapp")


class Deliveries:
    def __init__(self) -> None:
        self.lists: list[list[Event]] = []
        self.on_window_thread = True

    def __call__(self, events: list[Event]) -> None:
        self.lists.append(events)
        self.on_window_thread &= threading.current_thread() is threading.main_thread()

    @property
    def events(self) -> list[Event]:
        return list(itertools.chain.from_iterable(self.lists))


def in_threads(*jobs: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    return threads


def test_many_posts_from_four_threads_arrive_in_few_deliveries(qtbot: QtBot) -> None:
    deliveries = Deliveries()
    mailbox = Mailbox(deliveries)

    def post(account: str) -> None:
        for number in range(25_000):
            mailbox.post(FileDeleted(account, str(number)))

    threads = in_threads(*(lambda name=name: post(name) for name in "abcd"))
    for thread in threads:
        thread.join(60)
    qtbot.waitUntil(lambda: len(deliveries.events) == 100_000, timeout=10_000)
    assert len(deliveries.lists) == 1
    assert deliveries.on_window_thread
    for name in "abcd":
        numbers = [
            int(event.file_id)
            for event in deliveries.events
            if isinstance(event, FileDeleted) and event.account_id == name
        ]
        assert numbers == list(range(25_000))
    mailbox.close()


def test_posts_to_a_busy_window_all_arrive_in_order(qtbot: QtBot) -> None:
    deliveries = Deliveries()
    mailbox = Mailbox(deliveries)

    def post(account: str) -> None:
        for number in range(25_000):
            mailbox.post(FileDeleted(account, str(number)))

    threads = in_threads(*(lambda name=name: post(name) for name in "abcd"))
    qtbot.waitUntil(lambda: len(deliveries.events) == 100_000, timeout=30_000)
    for thread in threads:
        thread.join(10)
    for name in "abcd":
        numbers = [
            int(event.file_id)
            for event in deliveries.events
            if isinstance(event, FileDeleted) and event.account_id == name
        ]
        assert numbers == list(range(25_000))
    mailbox.close()


def test_a_busy_window_has_not_handled_its_events(qtbot: QtBot) -> None:
    turns = itertools.count(1)
    mailbox = Mailbox(Deliveries(), lambda: next(turns) < 20)
    mailbox.post(CachedFilesListed("acme", (), 0.0))
    qtbot.waitUntil(lambda: mailbox.wait(0))
    assert next(turns) > 20
    mailbox.close()


def test_only_the_last_snapshot_of_each_transfer_is_delivered(qtbot: QtBot) -> None:
    deliveries = Deliveries()
    mailbox = Mailbox(deliveries)
    first, second = transfer(id=1), transfer(id=2)
    between = FileDeleted("acme", "file-a")
    late = transfer(id=1, done=5)
    for event in (TransferChanged(first), TransferChanged(second), between, TransferChanged(late)):
        mailbox.post(event)
    qtbot.waitUntil(lambda: bool(deliveries.lists))
    assert deliveries.lists == [[TransferChanged(second), between, TransferChanged(late)]]
    mailbox.close()


def test_events_posted_during_a_delivery_come_with_the_next(qtbot: QtBot) -> None:
    received: list[list[Event]] = []

    def deliver(events: list[Event]) -> None:
        received.append(events)
        if len(received) == 1:
            mailbox.post(FileDeleted("acme", "second"))

    mailbox = Mailbox(deliver)
    mailbox.post(FileDeleted("acme", "first"))
    qtbot.waitUntil(lambda: len(received) == 2)
    assert received == [[FileDeleted("acme", "first")], [FileDeleted("acme", "second")]]
    mailbox.close()


def test_a_failed_delivery_does_not_stop_the_next(qtbot: QtBot) -> None:
    received: list[list[Event]] = []

    def deliver(events: list[Event]) -> None:
        received.append(events)
        if len(received) == 1:
            raise ValueError("a bug in the window")

    mailbox = Mailbox(deliver)
    with qtbot.captureExceptions() as caught:
        mailbox.post(FileDeleted("acme", "first"))
        qtbot.waitUntil(lambda: len(received) == 1)
    assert [str(error) for _, error, _ in caught] == ["a bug in the window"]
    mailbox.post(FileDeleted("acme", "second"))
    qtbot.waitUntil(lambda: len(received) == 2)
    mailbox.close()


def test_nothing_is_delivered_after_close_even_if_threads_keep_posting(qtbot: QtBot) -> None:
    deliveries = Deliveries()
    mailbox = Mailbox(deliveries)
    started = threading.Barrier(5)
    end = threading.Event()

    def post() -> None:
        mailbox.post(FileDeleted("acme", "x"))
        started.wait(10)
        while not end.is_set():
            mailbox.post(FileDeleted("acme", "y"))

    threads = in_threads(*[post] * 4)
    started.wait(10)
    qtbot.waitUntil(lambda: bool(deliveries.lists))
    mailbox.close()
    delivered = len(deliveries.lists)
    _turn_event_loop(qtbot)
    end.set()
    for thread in threads:
        thread.join(10)
    _turn_event_loop(qtbot)
    assert len(deliveries.lists) == delivered


def test_close_drops_undelivered_events(qtbot: QtBot) -> None:
    deliveries = Deliveries()
    mailbox = Mailbox(deliveries)
    mailbox.post(FileDeleted("acme", "x"))
    mailbox.close()
    mailbox.close()
    _turn_event_loop(qtbot)
    assert deliveries.lists == []


def _turn_event_loop(qtbot: QtBot) -> None:
    """Run the event loop until all events posted so far have been handled."""
    handled: list[list[Event]] = []
    mailbox = Mailbox(handled.append)
    mailbox.post(FileDeleted("acme", "last"))
    qtbot.waitUntil(lambda: bool(handled))
    mailbox.close()


def test_one_piece_of_a_listing_is_delivered_per_iteration(qtbot: QtBot) -> None:
    deliveries = Deliveries()
    mailbox = Mailbox(deliveries)
    pieces = [FilesListed("acme", 1, (), so_far) for so_far in (1, 2, 3)]
    between, last = FileDeleted("acme", "file-1"), FileDeleted("acme", "file-2")
    for event in (pieces[0], between, pieces[1], pieces[2], last):
        mailbox.post(event)
    qtbot.waitUntil(lambda: len(deliveries.events) == 5)
    assert deliveries.lists == [[pieces[0]], [between, pieces[1]], [pieces[2]], [last]]
    mailbox.close()


def test_pieces_waiting_for_the_next_iteration_are_dropped_on_close(qtbot: QtBot) -> None:
    delivered: list[Event] = []
    pieces = [FilesListed("acme", 1, (), so_far) for so_far in (1, 2)]

    def deliver(events: list[Event]) -> None:
        delivered.extend(events)
        mailbox.close()

    mailbox = Mailbox(deliver)
    for event in pieces:
        mailbox.post(event)
    qtbot.waitUntil(lambda: delivered == pieces[:1])
    done: list[bool] = []
    after = Mailbox(lambda _events: done.append(True))
    after.post(pieces[0])
    qtbot.waitUntil(lambda: done == [True])
    assert delivered == pieces[:1]
    after.close()


def test_pieces_of_the_cached_listing_also_arrive_one_per_iteration(qtbot: QtBot) -> None:
    deliveries = Deliveries()
    mailbox = Mailbox(deliveries)
    pieces = [CachedFilesListed("acme", (), moment) for moment in (1.0, 2.0)]
    for piece in pieces:
        mailbox.post(piece)
    qtbot.waitUntil(lambda: len(deliveries.events) == 2)
    assert deliveries.lists == [[piece] for piece in pieces]
    mailbox.close()


def test_a_thread_can_wait_until_listing_pieces_are_painted(
    qtbot: QtBot,
) -> None:
    label = QLabel("nothing yet")
    painted: list[str] = []

    class Eye(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                painted.append(label.text())
            return False

    eye = Eye()
    qtbot.addWidget(label)
    with qtbot.waitExposed(label):
        label.show()
    label.installEventFilter(eye)

    def deliver(events: list[Event]) -> None:
        for event in events:
            assert isinstance(event, FilesListed)
            label.setText(str(event.so_far))

    mailbox = Mailbox(deliver)
    assert mailbox.wait(0)
    seen: list[tuple[bool, str]] = []

    def list_files() -> None:
        for so_far in (1, 2, 3):
            mailbox.post(FilesListed("acme", 1, (), so_far))
        seen.append((mailbox.wait(10), painted[-1]))

    (thread,) = in_threads(list_files)
    qtbot.waitUntil(lambda: bool(seen))
    thread.join(10)
    assert seen == [(True, "3")]
    mailbox.close()


def test_nobody_waits_for_a_closed_mailbox() -> None:
    mailbox = Mailbox(lambda _events: None)
    mailbox.post(FilesListed("acme", 1, (), 1))
    assert not mailbox.wait(0)
    mailbox.close()
    assert mailbox.wait(0)


def test_other_events_do_not_delay_a_listing() -> None:
    mailbox = Mailbox(lambda _events: None)
    mailbox.post(FileDeleted("acme", "file-1"))
    assert mailbox.wait(0)
    mailbox.close()
