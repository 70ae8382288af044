"""The system packages Filewharf needs, and how the missing ones are installed.

Python packages bring Qt itself, yet Qt leans on libraries of the system, and a machine without a
screen needs a virtual one. On Debian, Ubuntu and their relatives the missing packages are installed
with apt-get; on any other Linux they are named. Windows and macOS need nothing.
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
    """Something is missing that this program cannot bring; the text is for the person."""


class Need(NamedTuple):
    """One system package.

    ``probe`` is the library or program by which it is recognized where there is no dpkg.
    ``also`` holds other names of the same package. Without an optional one things still work.
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
    Need("libdbus-1-3", "talking to the desktop", "libdbus-1.so.3"),
    Need("libfontconfig1", "fonts", "libfontconfig.so.1"),
    # Newer releases renamed it when time stamps grew to 64 bits.
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
    Need("xvfb", "a screen in memory", "Xvfb"),
    Need("openbox", "a window manager on that screen", "openbox"),
    Need("x11-utils", "asking that screen for its state", "xprop"),
    Need("xdotool", "moving its mouse and pressing its keys", "xdotool"),
    Need("dbus", "a session bus of its own", "dbus-daemon"),
    Need("gnome-keyring", "a secret store of its own", "gnome-keyring-daemon"),
    Need("at-spi2-core", "reading windows as a screen reader does", "", optional=True),
    Need("fonts-inter", "letters that look alike in all pictures", "", optional=True),
)

TESTS = (Need("curl", "what transfers are measured against", "curl"),)


def needs(*, virtual_screen: bool, venv: bool, tests: bool = False) -> list[Need]:
    """List what is needed; ``venv`` says that this Python cannot make virtual environments."""
    wanted = [*QT]
    if virtual_screen:
        wanted += VIRTUAL_SCREEN
    if tests:
        wanted += TESTS
    if venv:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        wanted.append(Need(name, "an environment for Python packages", "", optional=False))
    return wanted


def installed_packages(listing: str) -> set[str]:
    """Read the lines "status name" that dpkg-query was told to print."""
    pairs = (line.split() for line in listing.splitlines())
    return {pair[1] for pair in pairs if len(pair) == 2 and pair[0] == "installed"}


def missing_packages(wanted: Iterable[Need], installed: set[str]) -> list[Need]:
    """Keep what is installed under none of its names."""
    return [need for need in wanted if installed.isdisjoint((need.package, *need.also))]


def describe(missing: Iterable[Need]) -> str:
    """Name packages by what they are for, one reason a line."""
    by_reason: dict[str, list[str]] = {}
    for need in missing:
        by_reason.setdefault(need.reason, []).append(need.package)
    return "\n".join(f"  {', '.join(names)}: {reason}" for reason, names in by_reason.items())


def as_root(uid: int, sudo: str | None, *, interactive: bool) -> list[str] | None:
    """Say what to put before a command that only root may run; None where there is no way."""
    if uid == 0:
        return []
    if sudo is None:
        return None
    # Where nobody can type a password, fail rather than wait for one.
    return [sudo] if interactive else [sudo, "-n"]


def installation(packages: Iterable[str]) -> list[str]:
    """Build the command that brings packages; a single one, so that sudo asks once.

    It asks nothing, waits for another apt to finish, and does not try for minutes where there is
    no network. An outdated list is no reason to stop: what it names may still be there.
    """
    options = "-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=1"
    options += " -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"
    script = f"apt-get {options} update; exec apt-get {options} --no-install-recommends install"
    environment = ["env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"]
    return [*environment, "sh", "-c", f'{script} "$@"', "sh", *packages]


def ensure(wanted: Sequence[Need]) -> None:
    """Install the missing ones of the wanted packages, or say what has to be installed."""
    if not sys.platform.startswith("linux"):
        return
    if shutil.which("dpkg-query") and shutil.which("apt-get"):
        _ensure_with_apt(wanted)
    else:
        _name_missing_elsewhere(wanted)


def _ensure_with_apt(wanted: Sequence[Need]) -> None:
    names = [name for need in wanted for name in (need.package, *need.also)]
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\\n", *names]
    # It complains about each name it has never heard of, which is an answer too.
    answer = subprocess.run(query, check=False, capture_output=True, text=True)
    missing = missing_packages(wanted, installed_packages(answer.stdout))
    if not missing:
        return
    print(f"These system packages are missing:\n{describe(missing)}", flush=True)
    packages = [need.package for need in missing]
    prefix = as_root(os.getuid(), shutil.which("sudo"), interactive=sys.stdin.isatty())
    reachable = True
    if prefix is not None:
        how = "with sudo and apt-get" if prefix else "with apt-get"
        print(f"Installing them {how}; this can take some minutes.", flush=True)
        said = network.Said()
        if call([*prefix, *installation(packages)], said) == 0:
            return
        reachable = not said.unreachable
        if reachable:  # else it would be a screen full of the same
            print(f"This failed:\n{said.text}", file=sys.stderr, flush=True)
    command = f"apt-get update\n  apt-get install --no-install-recommends {' '.join(packages)}"
    if all(need.optional for need in missing):
        print(f"Going on without them. To install them, as root:\n  {command}", flush=True)
        return
    reason = "" if reachable else f"{network.UNREACHABLE}\n"
    raise PreparationError(
        f"{reason}Please have them installed, as root, and try again:\n  {command}"
    )


def _name_missing_elsewhere(wanted: Iterable[Need]) -> None:
    """Look without dpkg; the look may err, so only name what was not found and go on."""
    missing = [need for need in wanted if need.probe and not _found(need.probe)]
    if missing:
        lines = "\n".join(f"  {need.probe}: {need.reason}" for need in missing)
        print(
            "Not found on this system; where something fails, install these with its own "
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
