"""Checks for a display before starting Qt, which aborts where there is none."""

import ctypes
import sys
import threading
from collections.abc import Callable, Mapping

from services.system.language import _

_PATIENCE = 10.0
"""Seconds for a display to respond; one over a slow connection takes less than one."""
_WAYS = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}
"""Qt's platforms on Linux, and the variables that name the display."""


def why_no_screen(
    environment: Mapping[str, str], answers: Callable[[str], bool] | None = None
) -> str | None:
    """A sentence for the person if no window can be opened, or None.

    `answers` says whether the display named in the environment responds, for a platform of Qt.
    """
    if sys.platform in ("win32", "darwin"):
        return None
    if environment.get("WAYLAND_SOCKET"):
        return None  # an open connection, which can be used once
    named = _named(environment)
    if named is None or any((answers or _answers)(way) for way, name in named.items() if name):
        return None
    screens = ", ".join(f"{_WAYS[way]}={name}" for way, name in named.items() if name)
    if screens:
        return _("Can't open a window: the display isn't responding ({screens}).").format(
            screens=screens
        )
    return _("Can't open a window: there's no display ({variables} not set).").format(
        variables=", ".join(_WAYS[way] for way in named)
    )


def _named(environment: Mapping[str, str]) -> dict[str, str] | None:
    """The displays that Qt will look for, by platform; None where it uses other platforms."""
    wanted = environment.get("QT_QPA_PLATFORM", "")
    ways = [one.partition(":")[0].partition("-")[0] for one in wanted.split(";") if one]
    if not set(ways) <= _WAYS.keys():
        return None
    named = {way: environment.get(_WAYS[way], "") for way in ways or _WAYS}
    if "wayland" in named and environment.get("XDG_SESSION_TYPE") == "wayland":
        named["wayland"] = named["wayland"] or "wayland-0"
    return named


def _answers(way: str) -> bool:
    """Connect as Qt will, with the same libraries: they know every address format and the keys."""
    answered: list[bool] = []
    connecting = threading.Thread(
        target=lambda: answered.append(_connects(way)), name="screen", daemon=True
    )
    connecting.start()
    connecting.join(_PATIENCE)
    return answered == [True]


def _connects(way: str) -> bool:
    try:
        return _connects_to_wayland() if way == "wayland" else _connects_to_x()
    except OSError:  # without the library, Qt can't use this platform either
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
