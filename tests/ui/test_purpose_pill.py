"""The pill that shows a purpose outside of a table."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.purpose_pill import PurposePill


@pytest.mark.parametrize("points", [8.0, 9.0, 9.7, 10.0, 11.3, 12.0, 13.0])
@pytest.mark.parametrize("purpose", ["batch", "batch_output", "vision", "evals", "user_data"])
def test_a_purpose_that_has_room_is_not_cut_off(qtbot: QtBot, points: float, purpose: str) -> None:
    pill = PurposePill()
    qtbot.addWidget(pill)
    font = QApplication.font()
    font.setPointSizeF(points)
    pill.setFont(font)
    pill.show_purpose(purpose)
    size = pill.sizeHint()
    pill.resize(size)
    fitted = pill.grab().toImage()
    pill.resize(size.width() + 100, size.height())
    assert pill.grab().toImage().copy(fitted.rect()) == fitted
