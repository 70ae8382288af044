"""The report that a person can attach to a bug: versions, settings, and the last errors.

It has no key, no password, no address of a server, and no name of an account, file or user.
"""

import getpass
import platform
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path

from services.accounts.settings import Settings
from services.api.exchanges import Exchange
from services.providers.account import Account
from services.providers.network import Network
from services.system.version import __version__

_LIBRARIES = ("PySide6-Essentials", "requests", "urllib3", "keyring", "msgspec", "truststore")
_SETTINGS = (
    "version",
    "colour_scheme",
    "when_taken",
    "uploads_at_once",
    "downloads_at_once",
    "deletes_at_once",
    "upload_limit",
    "download_limit",
    "skip_review",
    "undo_seconds",
    "keep_upload_ledger",
    "save_batch_outputs",
    "notify_of_outputs",
    "check_for_updates",
    "inspector_shown",
    "transfers_shown",
)
"""Settings whose values say nothing about a person."""
_MOST_RECORDS = 30
_MOST_EXCHANGES = 20
_LOG_BYTES = 2_000_000
"""Read from the end of the log."""
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ (\w+) ", re.MULTILINE)
_WORTH_REPORTING = frozenset({"WARNING", "ERROR", "CRITICAL"})
_ID_IN_PATH = re.compile(r"/(file|batch|vs|ftjob|asst)([-_])[^/?]+")


def bug_report(
    settings: Settings,
    log_file: Path,
    failed: Sequence[Exchange],
    facts: Sequence[tuple[str, str]],
    without_secrets: Callable[[str], str],
) -> str:
    """Make the report. Reads the end of the log, so call it off the window's thread.

    `failed` are exchanges with servers that failed, oldest first; `facts` are more names with
    values, such as the version of Qt. It isn't translated, since it is for the developers.
    """
    sections = (
        ("Versions", [f"{name}: {value}" for name, value in (*_versions(), *facts)]),
        ("Settings", _settings_lines(settings)),
        ("Last failed requests", [_in_a_line(one) for one in failed[-_MOST_EXCHANGES:]]),
        ("Last errors in the log", last_errors(log_file)),
    )
    text = "\n\n".join("\n".join([title, *(lines or ["none"])]) for title, lines in sections)
    return _without_user(without_secrets(text)) + "\n"


def last_errors(log_file: Path) -> list[str]:
    """The last warnings and errors in a log, each with its traceback; oldest first."""
    try:
        with log_file.open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - _LOG_BYTES))
            text = log.read().decode("utf-8", "replace")
    except OSError as error:
        return [] if isinstance(error, FileNotFoundError) else [f"can't be read: {error.strerror}"]
    starts = [*_RECORD.finditer(text)]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    records = [
        text[match.start() : end].rstrip()
        for match, end in zip(starts, ends, strict=True)
        if match.group(1) in _WORTH_REPORTING
    ]
    return records[-_MOST_RECORDS:]


def _versions() -> Iterable[tuple[str, str]]:
    yield "Filewharf", __version__
    yield "Python", sys.version.split()[0]
    yield "System", platform.platform()
    for name in _LIBRARIES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "unknown"


def _settings_lines(settings: Settings) -> list[str]:
    lines = [f"{name}: {getattr(settings, name)}" for name in _SETTINGS]
    lines += [f"network: {_network(settings.network)}"]
    for number, account in enumerate(settings.accounts, 1):
        lines.append(f"account {number}: {_account(account)}")
    return lines


def _account(account: Account) -> str:
    given = [name for name in ("organization", "project", "production") if getattr(account, name)]
    parts = [account.provider_id, *given]
    if account.network is not None:
        parts.append(f"network: {_network(account.network)}")
    return ", ".join(parts)


def _network(network: Network) -> str:
    """What differs from the defaults, without addresses and values."""
    parts = [f"proxy {network.proxy.value}"]
    parts += [name for name in ("ca_file", "client_certificate") if getattr(network, name)]
    if network.headers:
        parts.append(f"{len(network.headers)} extra headers")
    return ", ".join(parts)


def _in_a_line(exchange: Exchange) -> str:
    path = re.sub(r"^\w+://[^/]*", "", exchange.url)
    outcome = exchange.status if exchange.status is not None else "no response"
    path = _ID_IN_PATH.sub(r"/\1\2…", path)
    words = f"{exchange.method} {path}: {outcome}"
    details = [exchange.problem, exchange.request_id and f"request ID {exchange.request_id}"]
    return ", ".join([words, *filter(None, details)])


def _without_user(text: str) -> str:
    """The text without the user's home folder and name."""
    text = text.replace(str(Path.home()), "~")
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # no such user, as in some containers
        return text
    return re.sub(rf"(?<!\w){re.escape(user)}(?!\w)", "USER", text) if len(user) > 3 else text
