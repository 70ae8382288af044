"""What docks receive on the real session bus."""

import os
from collections.abc import Iterator

import pytest
from jeepney import MatchRule, message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QObject

from ui.transfers.launcher_progress import LauncherProgress

RULE = MatchRule(type="signal", interface="com.canonical.Unity.LauncherEntry", member="Update")

pytestmark = pytest.mark.skipif(
    "DBUS_SESSION_BUS_ADDRESS" not in os.environ, reason="there is no session bus"
)


@pytest.fixture
def dock(qapp: object) -> Iterator[DBusConnection]:
    connection = open_dbus_connection(bus="SESSION")
    connection.send_and_get_reply(message_bus.AddMatch(RULE))
    yield connection
    connection.close()


def received(dock: DBusConnection) -> tuple[str, dict[str, tuple[str, object]]]:
    with dock.filter(RULE) as messages:
        message = dock.recv_until_filtered(messages, timeout=10)
    entry, values = message.body
    return entry, values


def test_a_dock_receives_the_progress(dock: DBusConnection) -> None:
    progress = LauncherProgress(QObject())
    progress.show(0.25)
    assert received(dock) == (
        "application://io.github.filewharf.Filewharf.desktop",
        {"progress": ("d", 0.25), "progress-visible": ("b", True)},
    )


def test_at_the_end_the_progress_is_hidden(dock: DBusConnection) -> None:
    progress = LauncherProgress(QObject())
    progress.show(0.5)
    received(dock)
    progress.show(None)
    assert received(dock)[1] == {"progress": ("d", 0.0), "progress-visible": ("b", False)}


def test_invisible_steps_are_not_sent(dock: DBusConnection) -> None:
    progress = LauncherProgress(QObject())
    for thousandth in range(100, 105):
        progress.show(thousandth / 1000)
    progress.show(0.2)
    assert received(dock)[1]["progress"] == ("d", 0.1)
    assert received(dock)[1]["progress"] == ("d", 0.2)
