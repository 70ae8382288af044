"""The whole window with everything behind it, used as a user would: look, click, type, drop."""

import contextlib
import copy
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.engine import Engine
from services.events import ServiceClosed
from services.previews.content.image_decoders import ImageDecoders
from services.providers.account import Account
from services.system.events import Event, Listener, SessionEvent
from services.system.paths import paths_under
from services.transfers.transfer import Transfer, TransferState
from tests.support.events import EventLog
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from ui.application import Program, Start
from ui.image_decoding import decode_image, decode_large_image
from ui.main_window import MainWindow
from ui.table.columns import COLUMNS
from ui.table.file_table import FileTable
from ui.theme import Theme
from ui.uploads.drop_overlay import DropOverlay

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


def account_at(server: ScriptedFilesServer, name: str = "Acme") -> Account:
    """An account on a server, with an ID derived from its name."""
    return account(name, id=name.lower(), base_url=server.base_url)


BATCH = (
    b'{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions",'
    b' "body": {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}}\n'
)


class Desk:
    """A run of the program on real parts: settings, keys, engine, mailbox, window."""

    def __init__(
        self,
        qtbot: QtBot,
        application: QApplication,
        folder: Path,
        *,
        accounts: Sequence[Account] = (),
        last: str | None = None,
        environment: Mapping[str, str] | None = None,
        start: Start | None = None,
        keys: Mapping[str, str] | None = None,
        trusted: Callable[[str], str | None] = lambda _backend: "test keyring",
        **settings: object,
    ) -> None:
        """`last` is the account that is opened at the start, by default the first one.

        `keys` are those of the accounts; by default, the key of the scripted servers.
        """
        self.qtbot = qtbot
        self.folder = folder
        self.downloads = folder / "downloads"
        self.log = EventLog()
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        opened = last if last is not None else (accounts[0].id if accounts else "")
        self.settings.change(accounts=tuple(accounts), last_account=opened, **settings)
        self.keys = KeyStore(trusted=trusted)
        given = {one.id: TEST_KEY for one in accounts} if keys is None else keys
        for account_id, key in given.items():
            self.keys.keep_in_memory(account_id, key)
        self._application = application
        self.ended = False
        self.gone = False
        application.quit = self._note_end  # type: ignore[method-assign]  # the tests' application keeps running
        others = set(application.findChildren(Theme))
        self._signals = {number: signal.getsignal(number) for number in _SIGNALS}

        def make_engine(
            listener: Listener, wait_until_handled: Callable[[float], object]
        ) -> Engine:
            def publish(event: Event) -> None:
                self.log(event)
                listener(event)

            self._engine = Engine(
                publish,
                AccountBook(self.settings, self.keys, environment or {}),
                paths_under(folder),
                wait_until_handled=wait_until_handled,
                image_decoders=ImageDecoders(decode_image, decode_large_image),
            )
            return self._engine

        self.program = Program(application, make_engine, self.downloads, start or Start())
        self.window = self.program.window
        (self.theme,) = set(application.findChildren(Theme)) - others
        with qtbot.waitExposed(self.window):
            self.program.open()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def new_window(self) -> "Desk":
        """Open another window with the keys; what is returned looks at it and acts in it."""
        known = self.program.windows.all
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        shift = Qt.KeyboardModifier.ShiftModifier
        self.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | shift)
        self.wait(lambda: len(self.program.windows.all) > len(known))
        other = copy.copy(self)
        other.window = self.program.windows.all[-1]
        self.wait(other.window.isActiveWindow)
        return other

    def others(self) -> list[MainWindow]:
        """The other windows."""
        return [one for one in self.program.windows.all if one is not self.window]

    def close_now(self) -> None:
        """Close the window as a user does, and wait until the program would end."""
        for other in self.others():
            other.close()
        self.window.close()
        for question in self.dialogs():
            if question.accessibleName() == "Quit":
                self.press("Quit", question)
        self.wait(lambda: self.ended)
        assert self.log.all(ServiceClosed), "the service did not end in time"

    def end(self) -> None:
        """Close the window and clean up everything."""
        self.gone = True
        self.leave_with_drag()
        self.close_now()
        del self._application.quit
        for window in (self.window, *self.program.children()):
            window.deleteLater()
        # While there are widgets, changing the style sheet or the palette goes through all of them.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._application.setStyleSheet("")
        self._application.setPalette(QPalette())
        self.program.deleteLater()
        self.theme.deleteLater()
        for number, handler in self._signals.items():
            signal.signal(number, handler)

    def _note_end(self) -> None:
        self.ended = True

    # Waiting and looking

    def wait(self, condition: Callable[[], object], seconds: float = 30) -> None:
        """Wait until a condition is true."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=round(seconds * 1000))

    def wait_for_files(self, *names: str) -> None:
        """Wait until the table shows exactly these files, in any order, and no listing runs."""
        self.wait(lambda: sorted(self.names()) == sorted(names) and not self.sees("Listing…"))

    def names(self) -> list[str]:
        """The file names in the table, from top to bottom."""
        model = self.table.model()
        if not self.table.isVisible():
            return []
        return [model.index(row, _NAME).data() for row in range(model.rowCount())]

    def selected(self) -> list[str]:
        """The names of the selected files."""
        return [file.name for file in self.table.selected_files()]

    def texts(self, inside: QWidget | None = None) -> str:
        """All visible text on labels and buttons."""
        top = inside or self.window
        words = [one.text() for one in top.findChildren(QLabel) if one.isVisible()]
        words += [one.text() for one in top.findChildren(QAbstractButton) if one.isVisible()]
        return "\n".join(words)

    def sees(self, text: str) -> bool:
        """Whether a text is visible in the window."""
        return text in self.texts()

    def wait_to_see(self, *texts: str) -> None:
        """Wait until all these texts are visible."""
        with _explaining(lambda: f"not seen: {texts}\n{self.texts()}"):
            self.wait(lambda: all(self.sees(text) for text in texts))

    def transfers(self) -> list[Transfer]:
        """The transfers in the panel."""
        return list(self.window.workspace.transfers.model.transfers())

    def wait_for_transfer(self, name: str, state: TransferState) -> Transfer:
        """Wait until the panel shows a transfer in this state."""

        def found() -> list[Transfer]:
            shown = self.transfers()
            return [one for one in shown if one.name == name and one.state is state]

        with _explaining(lambda: f"{name} is not {state}: {self.transfers()}"):
            self.wait(found)
        return found()[-1]

    def file(self, name: str) -> RemoteFile:
        """The file with this name in the table."""
        (found,) = [file for file in self.window.workspace.area.shown if file.name == name]
        return found

    # Parts

    @property
    def table(self) -> FileTable:
        """The table of files."""
        return self.window.workspace.area.table

    @property
    def search(self) -> QLineEdit:
        """The search field."""
        (found,) = [
            one
            for one in self.window.findChildren(QLineEdit)
            if one.accessibleName() == "Search files"
        ]
        return found

    def button(self, name: str, inside: QWidget | None = None) -> QAbstractButton:
        """The visible button with this text or accessible name."""
        found = [
            one
            for one in (inside or self.window).findChildren(QAbstractButton)
            if one.isVisible() and name in (one.text(), one.accessibleName())
        ]
        assert found, f"no button {name}: {self.texts(inside)}"
        return found[0]

    def dialog(self, name: str, *, focused: bool = True) -> QDialog:
        """The dialog with this name, once it is open and, normally, has the focus."""

        def found() -> list[QDialog]:
            return [
                one for one in self.dialogs() if name in (one.accessibleName(), one.windowTitle())
            ]

        with _explaining(lambda: f"no dialog {name}"):
            self.wait(found)
            dialog = found()[0]
            if focused:
                self.wait(lambda: dialog.isAncestorOf(QApplication.focusWidget() or self.window))
        return dialog

    def dialogs(self) -> list[QDialog]:
        """The open dialogs."""
        return [
            one for one in self.window.findChildren(QDialog) if one.isVisible() and one.isWindow()
        ]

    # Acting

    def press(self, name: str, inside: QWidget | None = None) -> None:
        """Click an enabled button."""
        button = self.button(name, inside)
        assert button.isEnabled(), f"{name} can't be pressed"
        self.qtbot.mouseClick(button, LEFT)

    def select(self, *names: str) -> None:
        """Focus the table and select these files."""
        self.table.select_ids([self.file(name).id for name in names])
        self.table.setFocus()

    def hide_inspector(self) -> None:
        """Let no preview take the faults that are scripted for reading a file's content."""
        self.window.commands.inspector.setChecked(False)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key where the focus is, once a window has it.

        When a dialog closes, that takes the window manager a moment.
        """

        def has_focus() -> bool:
            active = QApplication.activeWindow()
            return active is not None and active.isVisible()

        self.wait(has_focus)
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def choose_purpose(self, title: str) -> None:
        """Click a row of the sidebar."""
        (rows,) = [
            one for one in self.window.findChildren(QListView) if one.accessibleName() == "Purposes"
        ]
        model = rows.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            if index.data() == title or str(index.data()).startswith(f"{title},"):
                rows.scrollTo(index)
                QTest.mouseClick(rows.viewport(), LEFT, PLAIN, rows.visualRect(index).center())
                return
        shown = [model.index(row, 0).data() for row in range(model.rowCount())]
        raise AssertionError(f"no row {title}: {shown}")

    def choose_account(self, name: str) -> None:
        """Choose an account from the account button's menu."""
        button = self.button("Account")
        assert isinstance(button, QToolButton)
        menu = button.menu()
        assert isinstance(menu, QMenu)
        (action,) = [one for one in menu.actions() if one.text().split("\t")[0] == name]
        action.trigger()

    def pick(self, title: str, path: Path) -> None:
        """Enter a path in a file dialog and accept it."""
        picker = self.dialog(title)
        assert isinstance(picker, QFileDialog)
        (name,) = picker.findChildren(QLineEdit)
        name.setText(str(path))
        picker.accept()

    def deliver(self, events: Sequence[Event]) -> None:
        """Deliver events to the window as if from the open session."""
        number = self.window.backend.session.number
        for event in events:
            stamped = isinstance(event, SessionEvent)
            stamped_event = msgspec.structs.replace(event, session=number) if stamped else event
            self.window.backend.deliver([stamped_event])

    def remove_account(self, account_id: str) -> None:
        """Remove an account as the account dialog does."""
        self._engine.accounts.remove(account_id)

    # Dragging

    def hover(self, *paths: Path) -> None:
        """Drag files over the window."""
        self._mime = mime_of(*paths)
        middle = self.window.rect().center()
        event = QDragEnterEvent(middle, Qt.DropAction.CopyAction, self._mime, LEFT, PLAIN)
        event.ignore()
        QApplication.sendEvent(self.window, event)
        self.drag_accepted = event.isAccepted()

    def leave_with_drag(self) -> None:
        """Move what is dragged out of the window, if anything is; Qt keeps a pointer to its target."""
        QApplication.sendEvent(self.window, QDragLeaveEvent())

    def drag(self, *paths: Path) -> DropOverlay:
        """Drag files over the window and return the overlay."""
        self.hover(*paths)
        (overlay,) = self.window.findChildren(DropOverlay)
        return overlay

    @property
    def offers_drop(self) -> bool:
        """Whether the drop overlay is shown."""
        return any(one.isVisible() for one in self.window.findChildren(DropOverlay))

    def drop(self, overlay: DropOverlay, tile: str | None) -> None:
        """Drop the files on a tile, or in a corner outside the tiles."""
        inside = overlay.tile_rect(tile).center() if tile else QPoint(2, 2)
        at = overlay.mapTo(self.window, inside)
        move = QDragMoveEvent(at, Qt.DropAction.CopyAction, self._mime, LEFT, PLAIN)
        QApplication.sendEvent(self.window, move)
        assert move.isAccepted()
        drop = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, self._mime, LEFT, PLAIN)
        QApplication.sendEvent(self.window, drop)
        assert drop.isAccepted()

    def write(self, name: str, content: bytes = BATCH) -> Path:
        """Write a file to the disk; by default, one that is valid for a batch."""
        path = self.folder / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


def mime_of(*paths: Path) -> QMimeData:
    """The MIME data that a file manager drags or copies."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


@contextlib.contextmanager
def _explaining(words: Callable[[], str]) -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        raise AssertionError(words()) from error
    except Exception as error:
        if type(error).__name__ == "TimeoutError":
            raise AssertionError(words()) from error
        raise


_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_NAME = next(place for place, column in enumerate(COLUMNS) if column.title == "Name")
