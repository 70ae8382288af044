"""Notices a release of PySide6 that loses references, before it aborts the interpreter.

6.12.0 takes one from True with each signal; on Python 3.11 some hundred signals end the process.
"""

import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

EMITTED = 2_000
SLACK = 100
"""Other code keeps a few more or less."""


class Sender(QObject):
    happened = Signal()
    told = Signal(object)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("value", [True, None])
def test_signals_neither_take_nor_leave_references(value: object) -> None:
    if sys.version_info >= (3, 12):
        assert sys.getrefcount(value) > EMITTED  # immortal: no count can run out
        return
    # References to spare, so that a faulty release fails this test instead of the process.
    spare = [value] * (EMITTED * 4)
    sender = Sender()
    received: list[object] = []
    sender.told.connect(received.append)
    before = sys.getrefcount(value)
    for _ in range(EMITTED):
        sender.happened.emit()
        sender.told.emit(value)
        received.clear()
        QCoreApplication.sendEvent(sender, QEvent(QEvent.Type.User))
    after = sys.getrefcount(value)
    assert abs(after - before) < SLACK
    del spare
