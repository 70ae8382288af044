"""Events about this release of the program."""

from typing import TYPE_CHECKING

from services.system.events import Event

if TYPE_CHECKING:
    from services.releases.about import About


class AboutRead(Event, frozen=True):
    """What was found out about the running program."""

    about: "About"
