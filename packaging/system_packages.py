"""Installs the system packages that Filewharf needs.

Qt comes as a Python package but depends on system libraries, and a machine without a display needs
a virtual screen. On Debian, Ubuntu and their derivatives, missing packages are installed with
apt-get. On other Linux systems they are only listed. Windows and macOS need none.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import network
from commands import call


class PreparationError(Exception):
    """Something is missing that can't be installed from here; the text is shown to the user."""


class Need(NamedTuple):
    """One system package.

    ``probe`` is a library or program in the package, looked for where there is no dpkg.
    ``also`` lists other names of the same package. Everything works without an optional one.
    """

    package: str
    reason: str
    probe: str
    also: tuple[str, ...] = ()
    optional: bool = False


QT = (
    Need("libegl1", "drawing", "libEGL.so.1"),
    Need("libgl1", "drawing", "libGL.so.1"),
    Need("libxkbcommon0", "keyboard", "libxkbcommon.so.0"),
    Need("libdbus-1-3", "communication with the desktop", "libdbus-1.so.3"),
    Need("libfontconfig1", "fonts", "libfontconfig.so.1"),
    # Newer releases renamed it when timestamps became 64-bit.
    Need("libglib2.0-0", "event loop", "libglib-2.0.so.0", also=("libglib2.0-0t64",)),
    Need("libxcb-cursor0", "windows on X11", "libxcb-cursor.so.0"),
    Need("libxcb-icccm4", "windows on X11", "libxcb-icccm.so.4"),
    Need("libxcb-keysyms1", "windows on X11", "libxcb-keysyms.so.1"),
    Need("libxcb-shape0", "windows on X11", "libxcb-shape.so.0"),
    Need("libxcb-xkb1", "keyboard on X11", "libxcb-xkb.so.1"),
    Need("libxkbcommon-x11-0", "keyboard on X11", "libxkbcommon-x11.so.0"),
    Need("libgssapi-krb5-2", "Qt's network library", "libgssapi_krb5.so.2"),
    Need("libbrotli1", "Qt's network library", "libbrotlidec.so.1"),
    Need("libwayland-client0", "windows on Wayland", "libwayland-client.so.0", optional=True),
    Need("libwayland-cursor0", "windows on Wayland", "libwayland-cursor.so.0", optional=True),
    Need("libwayland-egl1", "windows on Wayland", "libwayland-egl.so.1", optional=True),
)

VIRTUAL_SCREEN = (
    Need("xvfb", "a virtual screen", "Xvfb"),
    Need("openbox", "a window manager for it", "openbox"),
    Need("x11-utils", "querying its state", "xprop"),
    Need("xdotool", "moving its pointer and pressing keys", "xdotool"),
    Need("dbus", "a separate session bus", "dbus-daemon"),
    Need("gnome-keyring", "a separate secret store", "gnome-keyring-daemon"),
    Need("at-spi2-core", "reading windows as a screen reader does", "", optional=True),
    Need("fonts-inter", "the same font in all pictures", "", optional=True),
)

TESTS = (Need("curl", "the reference for transfer speed", "curl"),)


def needs(*, virtual_screen: bool, venv: bool, tests: bool = False) -> list[Need]:
    """List the needed packages; ``venv`` is set if this Python can't create virtual environments."""
    wanted = [*QT]
    if virtual_screen:
        wanted += VIRTUAL_SCREEN
    if tests:
        wanted += TESTS
    if venv:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        wanted.append(Need(name, "a virtual environment for Python packages", "", optional=False))
    return wanted


def installed_packages(listing: str) -> set[str]:
    """Parse the "status name" lines that dpkg-query prints."""
    pairs = (line.split() for line in listing.splitlines())
    return {pair[1] for pair in pairs if len(pair) == 2 and pair[0] == "installed"}


def missing_packages(wanted: Iterable[Need], installed: set[str]) -> list[Need]:
    """Return the packages that aren't installed under any of their names."""
    return [need for need in wanted if installed.isdisjoint((need.package, *need.also))]


def describe(missing: Iterable[Need]) -> str:
    """List packages by what they are for, one reason per line."""
    by_reason: dict[str, list[str]] = {}
    for need in missing:
        by_reason.setdefault(need.reason, []).append(need.package)
    return "\n".join(f"  {', '.join(names)}: {reason}" for reason, names in by_reason.items())


def root_prefix(uid: int, sudo: str | None, *, interactive: bool) -> list[str] | None:
    """Return the prefix that runs a command as root, or None if there is no way to."""
    if uid == 0:
        return []
    if sudo is None:
        return None
    # If nobody can type a password, fail instead of waiting for one.
    return [sudo] if interactive else [sudo, "-n"]


def install_command(packages: Iterable[str]) -> list[str]:
    """Build the command that installs packages; a single one, so that sudo asks only once.

    It asks no questions, waits for another apt to finish, and gives up quickly without a network.
    If the package lists can't be updated, it installs from the old ones.
    """
    options = "-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=1"
    options += " -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"
    script = f"apt-get {options} update; exec apt-get {options} --no-install-recommends install"
    environment = ["env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"]
    return [*environment, "sh", "-c", f'{script} "$@"', "sh", *packages]


def ensure(wanted: Sequence[Need]) -> None:
    """Install the missing packages, or list them.

    Raises PreparationError if a required one couldn't be installed.
    """
    if not sys.platform.startswith("linux"):
        return
    if shutil.which("dpkg-query") and shutil.which("apt-get"):
        _ensure_with_apt(wanted)
    else:
        _list_missing(wanted)


def _ensure_with_apt(wanted: Sequence[Need]) -> None:
    names = [name for need in wanted for name in (need.package, *need.also)]
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\\n", *names]
    # It prints an error for each unknown name; those are missing, too.
    answer = subprocess.run(query, check=False, capture_output=True, text=True)
    missing = missing_packages(wanted, installed_packages(answer.stdout))
    if not missing:
        return
    print(f"These system packages are missing:\n{describe(missing)}", flush=True)
    packages = [need.package for need in missing]
    prefix = root_prefix(os.getuid(), shutil.which("sudo"), interactive=sys.stdin.isatty())
    reachable = True
    if prefix is not None:
        how = "with sudo and apt-get" if prefix else "with apt-get"
        print(f"Installing them {how}; this can take a few minutes.", flush=True)
        output = network.ToolOutput()
        if call([*prefix, *install_command(packages)], output) == 0:
            return
        reachable = not output.unreachable
        if reachable:  # otherwise the output is a screenful of the same error
            print(f"Installation failed:\n{output.text}", file=sys.stderr, flush=True)
    command = f"apt-get update\n  apt-get install --no-install-recommends {' '.join(packages)}"
    if all(need.optional for need in missing):
        print(f"Continuing without them. To install them, run as root:\n  {command}", flush=True)
        return
    reason = "" if reachable else f"{network.UNREACHABLE}\n"
    raise PreparationError(f"{reason}Install them as root and try again:\n  {command}")


def _list_missing(wanted: Iterable[Need]) -> None:
    """Check without dpkg. This check can be wrong, so it only lists what it didn't find."""
    missing = [need for need in wanted if need.probe and not _found(need.probe)]
    if missing:
        lines = "\n".join(f"  {need.probe}: {need.reason}" for need in missing)
        print(
            "Not found on this system. If something doesn't work, install these with the system's "
            f"package manager:\n{lines}",
            flush=True,
        )


def _found(probe: str) -> bool:
    if ".so." not in probe:
        return shutil.which(probe) is not None
    try:
        ctypes.CDLL(probe)
    except OSError:
        return False
    return True
