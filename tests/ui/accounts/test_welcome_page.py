import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from tests.support.factories import problem
from tests.support.narrowing import not_none
from ui.accounts.welcome_page import WelcomePage


@pytest.fixture
def page(qtbot: QtBot) -> WelcomePage:
    made = WelcomePage()
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    return made


def button(page: WelcomePage, text: str) -> QPushButton:
    (found,) = [one for one in page.findChildren(QPushButton) if one.text() == text]
    return found


def texts(page: WelcomePage) -> str:
    return "\n".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())


def test_each_choice_is_a_button(qtbot: QtBot, page: WelcomePage) -> None:
    page.show_environment(True)
    for text, signal in (
        ("Connect…", page.connect_requested),
        ("Open the sandbox", page.sandbox_requested),
        ("use it for this session", page.environment_requested),
    ):
        spy = QSignalSpy(signal)
        qtbot.mouseClick(button(page, text), Qt.MouseButton.LeftButton)
        assert spy.count() == 1
        qtbot.keyClick(button(page, text), Qt.Key.Key_Return)
        assert spy.count() == 2


def test_the_environment_is_mentioned_only_if_it_has_an_account(page: WelcomePage) -> None:
    assert "OPENAI_API_KEY" not in texts(page)
    page.show_environment(True)
    assert "OPENAI_API_KEY" in texts(page)
    page.show_environment(False)
    assert "OPENAI_API_KEY" not in texts(page)


def test_while_busy_it_shows_a_status_and_disables_the_buttons(page: WelcomePage) -> None:
    page.show_busy("The sandbox is starting…")
    assert "The sandbox is starting…" in texts(page)
    assert not button(page, "Open the sandbox").isEnabled()
    page.show_problem(problem("The sandbox did not start", advice="Try again."))
    assert "The sandbox did not start\nTry again." in texts(page)
    assert "is starting" not in texts(page)
    assert button(page, "Open the sandbox").isEnabled()
    page.show_busy("")
    assert "did not start" not in texts(page)
    assert button(page, "Connect…").isEnabled()


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 480), (1920, 1200)])
def test_everything_is_reachable_at_every_size(
    qtbot: QtBot, page: WelcomePage, width: int, height: int
) -> None:
    page.show_environment(True)
    page.resize(width, height)
    scroll = page.findChild(QScrollArea)
    assert scroll is not None
    inside = not_none(scroll.widget())
    qtbot.waitUntil(lambda: inside.width() <= width)
    for one in page.findChildren(QPushButton):
        corner = one.mapTo(inside, QPoint(0, 0))
        assert corner.x() >= 0
        assert corner.x() + one.width() <= inside.width()
        assert corner.y() + one.height() <= inside.height()
        assert one.width() >= one.minimumSizeHint().width()


def test_the_cards_are_side_by_side_only_if_they_fit(qtbot: QtBot, page: WelcomePage) -> None:
    first, second = [one for one in page.findChildren(QFrame) if one.property("look") == "card"]
    qtbot.waitUntil(lambda: first.y() == second.y() and first.x() < second.x())
    page.resize(480, 700)
    qtbot.waitUntil(lambda: first.y() < second.y() and first.x() == second.x())
