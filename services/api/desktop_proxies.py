"""The proxies set in a Linux desktop's settings: GNOME's and its relatives', or KDE's.

Both can also name a script that chooses a proxy for each address (PAC). It needs a JavaScript
engine to run, so it's only reported.
"""

import ast
import configparser
import contextlib
import logging
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_KEPT_FOR = 10.0
"""Seconds until changed settings are noticed."""
_DEADLINE = 2.0
"""Seconds that the settings program may take; it usually needs a few milliseconds."""
_WITH_GSETTINGS = {"gnome", "unity", "x-cinnamon", "cinnamon", "budgie", "pantheon", "mate"}

_PASSED_ON = re.compile(r"(HOME|PATH|(XDG|DBUS|GSETTINGS|DCONF)_.*)$")
"""The environment variables that the settings program gets, as others may hold keys."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DesktopProxies:
    """The proxies of a desktop."""

    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By scheme: `http`, `https`, or `all` for those without their own. May contain logins."""
    exempt: str = ""
    """Hosts without a proxy; see `exempt_hosts`."""
    by_script: bool = False
    """Whether a script chooses the proxies, which are unknown then."""


_NONE = DesktopProxies()
_lock = threading.Lock()
_kept: tuple[float, DesktopProxies] | None = None


def desktop_proxies() -> DesktopProxies:
    """The current proxies, read at most every few seconds. Thread-safe; may block for a moment."""
    global _kept
    with _lock:
        now = time.monotonic()
        if _kept is None or now - _kept[0] >= _KEPT_FOR:
            _kept = now, read_desktop_proxies()
        return _kept[1]


def read_desktop_proxies() -> DesktopProxies:
    """Read the settings of the running desktop, if it has any."""
    desktops = set(os.environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":"))
    if "kde" in desktops:
        return _from_kde()
    return _from_gsettings() if desktops & _WITH_GSETTINGS else _NONE


def _from_gsettings() -> DesktopProxies:
    program = shutil.which("gsettings")
    if program is None:
        return _NONE
    try:
        printed = subprocess.run(
            [program, "list-recursively", "org.gnome.system.proxy"],
            env={name: value for name, value in os.environ.items() if _PASSED_ON.match(name)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_DEADLINE,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        _log.info("The desktop's proxy settings can't be read: %s", type(error).__name__)
        return _NONE
    values: dict[str, object] = {}
    for line in printed.splitlines():
        schema, _space, rest = line.partition(" ")
        name, _space, text = rest.partition(" ")
        group = schema.removeprefix("org.gnome.system.proxy").removeprefix(".")
        values[f"{group}.{name}" if group else name] = _value(text)
    if values.get("mode") != "manual":
        return DesktopProxies(by_script=values.get("mode") == "auto")
    proxies = {}
    for scheme, prefix in (("http", "http"), ("https", "http"), ("socks", "socks")):
        host, port = values.get(f"{scheme}.host"), values.get(f"{scheme}.port")
        if isinstance(host, str) and host.strip() and isinstance(port, int) and port:
            proxies[scheme] = f"{prefix}://{_login(values, scheme)}{_bracketed(host)}:{port}"
    if "socks" in proxies:
        proxies["all"] = proxies.pop("socks")
    elif "http" in proxies and values.get("use-same-proxy") is True:
        proxies.setdefault("https", proxies["http"])
    exempt = values.get("ignore-hosts")
    hosts = [str(host) for host in exempt] if isinstance(exempt, list) else []
    return DesktopProxies(proxies, ",".join(hosts))


def _login(values: Mapping[str, object], scheme: str) -> str:
    user, password = (
        str(values.get(f"{scheme}.authentication-{part}") or "") for part in ("user", "password")
    )
    if not user or values.get(f"{scheme}.use-authentication") is not True:
        return ""
    return f"{quote(user, safe='')}:{quote(password, safe='')}@"


def _value(text: str) -> object:
    """A value in GVariant's text format, as far as it occurs here."""
    text = text.strip().removeprefix("@as ")
    if text in ("true", "false"):
        return text == "true"
    with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError):
        value: object = ast.literal_eval(text.removeprefix("uint32 "))
        return value
    return None


def _from_kde() -> DesktopProxies:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), allow_no_value=True)
    try:
        parser.read_string("[top]\n" + (Path(folder) / "kioslaverc").read_text("utf-8", "replace"))
    except (OSError, configparser.Error):
        return _NONE
    if not parser.has_section("Proxy Settings"):
        return _NONE
    values = {name: (value or "").strip() for name, value in parser["Proxy Settings"].items()}
    if values.get("proxytype") != "1":  # none, a script (2, 3), or the environment
        return DesktopProxies(by_script=values.get("proxytype") in ("2", "3"))
    proxies = {}
    for name, scheme in (("httpproxy", "http"), ("httpsproxy", "https"), ("socksproxy", "all")):
        address = values.get(name, "")
        if address:
            # The port comes after a space: http://proxy.example.com 3128.
            proxies[scheme] = ":".join(address.split())
    if values.get("reversedexception", "").lower() in ("true", "1"):
        _log.info("The desktop's proxy is only for some hosts, which isn't supported")
        return _NONE
    return DesktopProxies(proxies, values.get("noproxyfor", ""))


def _bracketed(host: str) -> str:
    host = host.strip()
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
