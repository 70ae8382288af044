from PySide6.QtWidgets import QTextBrowser
from pytestqt.qtbot import QtBot

from tests.support.shown_widget import shown_widget
from ui.about.news_dialog import NewsDialog


def shown_text(qtbot: QtBot, news: str) -> QTextBrowser:
    text = shown_widget(qtbot, NewsDialog(news), 400, 300).findChild(QTextBrowser)
    assert text is not None
    return text


def test_long_news_begin_at_the_top(qtbot: QtBot) -> None:
    text = shown_text(qtbot, "## 1.0\n\n" + "* A change.\n" * 200)
    bar = text.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == 0
    assert text.toPlainText().startswith("1.0\nA change.\n")


def test_markup_in_the_changelog_is_text(qtbot: QtBot) -> None:
    assert "<b>bold</b>" in shown_text(qtbot, "* Say <b>bold</b>.").toPlainText()


def test_a_missing_changelog_is_said(qtbot: QtBot) -> None:
    assert "missing" in shown_text(qtbot, "").toPlainText()
