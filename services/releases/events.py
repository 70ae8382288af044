"""Events about this release of the program."""

from typing import TYPE_CHECKING

from services.system.events import Event

if TYPE_CHECKING:
    from services.problems.errors import Problem
    from services.releases.about import About
    from services.releases.update_feed import Update


class AboutRead(Event, frozen=True):
    """What was found out about the running program."""

    about: "About"


class MenuEntryInstalled(Event, frozen=True):
    """The program is in the desktop's menu now."""


class NewsRead(Event, frozen=True):
    """The parts of the changelog that were asked for."""

    since: str
    """The version from which on they were asked for; empty for all."""
    text: str
    """Markdown; empty if there are none."""


class UpdateChecked(Event, frozen=True):
    """It was looked up whether there is a newer version."""

    update: "Update | None"
    """None if there is none, or it isn't known."""
    problem: "Problem | None"
    """Why it isn't known."""
    by_hand: bool
    """Whether somebody asked just now and waits for the answer."""
