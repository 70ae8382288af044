"""Checks for a display before starting Qt, which aborts if there is none."""

import ctypes
import sys
import threading
from collections.abc import Callable, Mapping

from services.system.language import _

_TIMEOUT = 10.0
"""Seconds for a display to respond; even over a slow connection, it takes less than one."""
_VARIABLES = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}
"""Qt's platforms on Linux, and the variables that name the display."""


def display_problem(
    environment: Mapping[str, str], responds: Callable[[str], bool] | None = None
) -> str | None:
    """A sentence for the user if no window can be opened, or None.

    `responds` says whether the display for a Qt platform responds.
    """
    if sys.platform in ("win32", "darwin"):
        return None
    if environment.get("WAYLAND_SOCKET"):
        return None  # an open connection, which can only be used once
    displays = _displays(environment)
    if displays is None:
        return None
    named = {platform: name for platform, name in displays.items() if name}
    if any(map(responds or _responds, named)):
        return None
    screens = ", ".join(f"{_VARIABLES[platform]}={name}" for platform, name in named.items())
    if screens:
        return _("Can't open a window: the display isn't responding ({screens}).").format(
            screens=screens
        )
    return _("Can't open a window: there's no display ({variables} not set).").format(
        variables=", ".join(_VARIABLES[platform] for platform in displays)
    )


def _displays(environment: Mapping[str, str]) -> dict[str, str] | None:
    """The displays that Qt will try, by platform; None if it will use another platform."""
    setting = environment.get("QT_QPA_PLATFORM", "")
    platforms = [one.partition(":")[0].partition("-")[0] for one in setting.split(";") if one]
    if not set(platforms) <= _VARIABLES.keys():
        return None
    displays = {
        platform: environment.get(_VARIABLES[platform], "") for platform in platforms or _VARIABLES
    }
    if "wayland" in displays and environment.get("XDG_SESSION_TYPE") == "wayland":
        displays["wayland"] = displays["wayland"] or "wayland-0"
    return displays


def _responds(platform: str) -> bool:
    """Connect with the same libraries as Qt, which support all address formats and auth keys."""
    results: list[bool] = []
    connecting = threading.Thread(
        target=lambda: results.append(_connects(platform)), name="display", daemon=True
    )
    connecting.start()
    connecting.join(_TIMEOUT)
    return results == [True]


def _connects(platform: str) -> bool:
    try:
        return _connects_to_wayland() if platform == "wayland" else _connects_to_x()
    except OSError:  # the library is missing, so Qt can't use this platform either
        return False


def _connects_to_x() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))  # never null
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _connects_to_wayland() -> bool:
    wayland = ctypes.CDLL("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    display = wayland.wl_display_connect(None)
    if not display:
        return False
    wayland.wl_display_disconnect(ctypes.c_void_p(display))
    return True
