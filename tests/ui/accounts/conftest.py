"""What the tests of accounts share."""

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.accounts.connect_desk import Desk


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)
