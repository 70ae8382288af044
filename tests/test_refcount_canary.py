"""Detects releases of PySide6 that lose references and would abort the interpreter.

6.12.0 drops a reference to True with each signal; on Python 3.11, a few hundred signals end the
process.
"""

import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

EMITTED = 2_000
SLACK = 100
"""Allowed difference: other code creates and drops references, too."""


class Sender(QObject):
    happened = Signal()
    value_sent = Signal(object)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("value", [True, None])
def test_signals_neither_lose_nor_leak_references(value: object) -> None:
    if sys.version_info >= (3, 12):
        assert sys.getrefcount(value) > EMITTED  # immortal: the count never runs out
        return
    # Spare references, so that a faulty release fails this test and doesn't abort the process.
    spare = [value] * (EMITTED * 4)
    sender = Sender()
    received: list[object] = []
    sender.value_sent.connect(received.append)
    before = sys.getrefcount(value)
    for _ in range(EMITTED):
        sender.happened.emit()
        sender.value_sent.emit(value)
        received.clear()
        QCoreApplication.sendEvent(sender, QEvent(QEvent.Type.User))
    after = sys.getrefcount(value)
    assert abs(after - before) < SLACK
    del spare
