"""Events about this release of the program."""

from typing import TYPE_CHECKING

from services.system.events import Event

if TYPE_CHECKING:
    from services.releases.about import About


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
