"""Reads and operates another program's window, as a screen reader does (AT-SPI, Linux).

    with AccessibilityBus() as bus:
        window = wait_for(lambda: bus.window_of(pid), "a window")
        window.find("push button", "Upload").press()

A program replies from its GUI thread, so a reply also shows that its event loop is running.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    new_method_call,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.support.waiting import NotNow, wait_for

_PREFIX = "org.a11y.atspi."
_REGISTRY = DBusAddress(
    "/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry"
)
_SHOWING_EVENT = "object:state-changed:showing"
_STATE_CHANGED = MatchRule(
    type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged"
)
_EVENT_SECONDS = 5.0
_ROOT = "/org/a11y/atspi/accessible/root"
_SECONDS = 30.0

# Bits of AtspiStateType.
_ACTIVE = 1
_ENABLED = 8
_FOCUSED = 12
_SELECTED = 23
_SHOWING = 25


class Gone(NotNow):
    """The object or its program is gone, or doesn't support the request."""


class Extents(NamedTuple):
    """A rectangle in screen pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Accessible:
    """An accessible object of a program: a widget or a table cell."""

    bus: "AccessibilityBus" = field(repr=False, compare=False)
    owner: str
    path: str

    @property
    def name(self) -> str:
        return str(self._get("Accessible", "Name"))

    @property
    def description(self) -> str:
        return str(self._get("Accessible", "Description"))

    @property
    def role(self) -> str:
        """The AT-SPI role name: `push button`, `table`, `table cell`, `dialog`, `frame`, …"""
        return str(self._call("Accessible", "GetRoleName")[0])

    @property
    def showing(self) -> bool:
        """Whether it is visible, according to its program."""
        return self._has_state(_SHOWING)

    @property
    def active(self) -> bool:
        """Whether this window gets keyboard input."""
        return self._has_state(_ACTIVE)

    @property
    def enabled(self) -> bool:
        return self._has_state(_ENABLED)

    @property
    def focused(self) -> bool:
        return self._has_state(_FOCUSED)

    @property
    def selected(self) -> bool:
        return self._has_state(_SELECTED)

    @property
    def children(self) -> list["Accessible"]:
        found = self._call("Accessible", "GetChildren")[0]
        return [Accessible(self.bus, owner, path) for owner, path in found]

    @property
    def window(self) -> "Accessible":
        """The window or dialog that contains it."""
        one = self
        while one.role not in ("frame", "dialog"):
            owner, path = one._get("Accessible", "Parent")
            one = Accessible(self.bus, owner, path)
        return one

    @property
    def extents(self) -> Extents:
        return Extents(*self._call("Component", "GetExtents", "u", 0)[0])

    @property
    def text(self) -> str:
        """The content of a text field."""
        return str(self._call("Text", "GetText", "ii", 0, -1)[0])

    def press(self) -> None:
        """Press the button."""
        self._call("Action", "DoAction", "i", 0)

    def walk(self) -> Iterator["Accessible"]:
        """This object and its visible descendants, without table cells."""
        yield self
        with contextlib.suppress(Gone):
            if self.role in ("table", "tree table"):
                return
            for child in self.children:
                with contextlib.suppress(Gone):
                    if child.showing:
                        yield from child.walk()

    def all(self, role: str) -> list["Accessible"]:
        """All visible descendants with that role."""
        found = []
        for one in self.walk():
            with contextlib.suppress(Gone):
                if one.role == role:
                    found.append(one)
        return found

    def find(self, role: str, name: str) -> "Accessible | None":
        """The first visible descendant with that role and name."""
        for one in self.walk():
            with contextlib.suppress(Gone):
                if one.name == name and one.role == role:
                    return one
        return None

    def find_prefix(self, role: str, prefix: str) -> "Accessible | None":
        """The first visible descendant with that role whose name starts like this."""
        for one in self.walk():
            with contextlib.suppress(Gone):
                if one.role == role and one.name.startswith(prefix):
                    return one
        return None

    def focused_part(self) -> "Accessible | None":
        """The visible descendant that has the keyboard focus; never an item in a list or table."""
        for one in self.walk():
            with contextlib.suppress(Gone):
                # A list's current item claims to be focused even when it isn't.
                if one.role != "list item" and one.focused:
                    return one
        return None

    # Tables and lists

    @property
    def size(self) -> tuple[int, int]:
        """The number of rows and columns of a table."""
        return int(self._get("Table", "NRows")), int(self._get("Table", "NColumns"))

    @property
    def selected_rows(self) -> list[int]:
        """The indexes of a table's selected rows."""
        return [int(row) for row in self._call("Table", "GetSelectedRows")[0]]

    def cell(self, row: int, column: int) -> "Accessible":
        owner, path = self._call("Table", "GetAccessibleAt", "ii", row, column)[0]
        return Accessible(self.bus, owner, path)

    def column(self, column: int) -> list[str]:
        """The texts in a column, from top to bottom."""
        rows, _columns = self.size
        return [self.cell(row, column).name for row in range(rows)]

    def row_of(self, text: str, column: int = 0) -> int | None:
        """The first row with this text in a column."""
        rows, _columns = self.size
        return next((row for row in range(rows) if self.cell(row, column).name == text), None)

    # The bus

    def _has_state(self, bit: int) -> bool:
        low, high = self._call("Accessible", "GetState")[0]
        return bool((low | high << 32) >> bit & 1)

    def _call(self, interface: str, method: str, signature: str = "", *body: object) -> Any:
        address = DBusAddress(self.path, self.owner, _PREFIX + interface)
        return self.bus.call(new_method_call(address, method, signature or None, body))

    def _get(self, interface: str, name: str) -> Any:
        address = DBusAddress(self.path, self.owner, _PREFIX + interface)
        return self.bus.call(Properties(address).get(name))[0][1]


class AccessibilityBus:
    """The bus that connects programs and assistive technology."""

    def __init__(self) -> None:
        with open_dbus_connection("SESSION") as session:
            launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            message = new_method_call(launcher, "GetAddress")
            address = session.send_and_get_reply(message, timeout=_SECONDS).body[0]
        self._connection: DBusConnection = open_dbus_connection(address)
        # Programs send this event only if someone has asked for it before.
        self.call(new_method_call(_REGISTRY, "RegisterEvent", "sass", (_SHOWING_EVENT, [], "")))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def windows_of(self, pid: int) -> list[Accessible]:
        """The visible windows of a process; empty until it has one."""
        root = Accessible(self, "org.a11y.atspi.Registry", _ROOT)
        for program in root.children:
            with contextlib.suppress(Gone):
                if self.call(message_bus.GetConnectionUnixProcessID(program.owner))[0] == pid:
                    return [window for window in program.children if window.showing]
        return []

    def window_of(self, pid: int, role: str = "frame", name: str = "") -> Accessible | None:
        """The first visible window of a process with this role whose name starts like this."""
        for window in self.windows_of(pid):
            with contextlib.suppress(Gone):
                if window.role == role and window.name.startswith(name):
                    return window
        return None

    def menu_opened_by(self, act: Callable[[], object]) -> Accessible:
        """Do something that opens a menu, and return the menu.

        A menu isn't among the windows of its program. Raises NotObserved if none is opened.
        """
        self.call(message_bus.AddMatch(_STATE_CHANGED))
        try:
            with self._connection.filter(_STATE_CHANGED, bufsize=100) as events:
                act()
                return wait_for(lambda: self._shown_menu(events), "a menu")
        finally:
            self.call(message_bus.RemoveMatch(_STATE_CHANGED))

    def _shown_menu(self, events: "deque[Message]") -> Accessible | None:
        """The menu of the next event, if it says that one is shown."""
        try:
            event = self._connection.recv_until_filtered(events, timeout=_EVENT_SECONDS)
        except TimeoutError:
            return None
        fields = event.header.fields
        one = Accessible(self, fields[HeaderFields.sender], fields[HeaderFields.path])
        is_shown = event.body[0] == "showing" and bool(event.body[1])
        return one if is_shown and one.role == "popup menu" else None

    def call(self, message: Any) -> Any:
        """Send a message and return the body of the reply; raise Gone if it is an error."""
        try:
            reply = self._connection.send_and_get_reply(message, timeout=_SECONDS)
        except TimeoutError as error:
            raise Gone("no reply") from error
        if reply.header.message_type is MessageType.error:
            raise Gone(str(reply.body))
        return reply.body
