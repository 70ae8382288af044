"""Reduces a window's frame to a thin border, so that no desktop theme shows in a picture."""

import ctypes
import subprocess

_REPLACE = 0
_DECORATIONS = 2
"""The Motif hints flag that makes the third number, the decorations, valid."""
_BORDER = 2


def remove_title_bar(pid: int, title: str) -> None:
    """Remove the title bar of a visible window."""
    search = ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(pid), "--name", title]
    windows = subprocess.run(search, check=True, capture_output=True, text=True, timeout=10).stdout
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    number, atom, hints = ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong * 5
    x11.XChangeProperty.argtypes = [
        ctypes.c_void_p,
        atom,
        atom,
        atom,
        number,
        number,
        hints,
        number,
    ]
    display = x11.XOpenDisplay(None)
    name = x11.XInternAtom(display, b"_MOTIF_WM_HINTS", 0)
    for window in windows.split():
        values = hints(_DECORATIONS, 0, _BORDER, 0, 0)
        x11.XChangeProperty(display, int(window), name, name, 32, _REPLACE, values, 5)
    x11.XCloseDisplay(display)
