"""What the menus of jobs have in common: acts that say why they can't be done, and copying."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from services.system.language import _
from ui.wording import tool_tip


def add_act(menu: QMenu, words: str, why_not: str, act: Callable[[], object]) -> None:
    """Add an act. If it can't be done, its tool tip says why."""
    menu.setToolTipsVisible(True)
    action = menu.addAction(words)
    action.triggered.connect(act)
    action.setEnabled(not why_not)
    action.setToolTip(tool_tip(why_not))


def add_copies(menu: QMenu, job_id: str, *others: tuple[str, str]) -> None:
    """Add acts that copy the ID of a job, and `others`, each with its words and the text."""
    menu.addSeparator()
    for words, text in ((_("Copy ID"), job_id), *others):
        menu.addAction(words).triggered.connect(partial(_copy, text))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
