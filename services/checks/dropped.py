"""What the addresses in a drop or a clipboard point at: files of this computer, or places elsewhere."""

import os
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

import msgspec

from services.disk.local_file import LocalFile
from services.problems.errors import Problem, ProblemKind
from services.system.language import _

_LONGEST = 200
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""How an address begins; a single letter is a drive of Windows."""


class Dropped(msgspec.Struct, frozen=True):
    """Where the addresses lead."""

    paths: tuple[Path, ...] = ()
    elsewhere: tuple[LocalFile, ...] = ()
    """What is not on this computer; the problem of each says so."""

    def __bool__(self) -> bool:
        return bool(self.paths or self.elsewhere)


NOTHING_DROPPED = Dropped()


def dropped(addresses: Iterable[str], host: str | None = None) -> Dropped:
    """Read addresses as a list of URIs has them; `host` is this computer's name.

    A name on the disk is bytes, and need not be UTF-8; so is what stands percent-encoded.
    """
    own = (socket.gethostname() if host is None else host).lower()
    here = {"", "localhost", own, own.partition(".")[0]}
    paths: list[Path] = []
    elsewhere: list[LocalFile] = []
    for address in addresses:
        path = _local_path(address, here)
        if path is None:
            elsewhere.append(_left_out(address))
        else:
            paths.append(path)
    return Dropped(tuple(paths), tuple(elsewhere))


def typed(words: Iterable[str], host: str | None = None) -> Dropped:
    """Read words of a command line: paths, or addresses as file managers pass them on."""

    def address_of(word: str) -> str:
        is_address = _ADDRESS.match(word) and not os.path.lexists(word)
        return word if is_address else Path(word).absolute().as_uri()

    return dropped(map(address_of, words), host)


def _local_path(address: str, here: set[str]) -> Path | None:
    scheme, _colon, rest = address.partition(":")
    if scheme.lower() != "file":
        return None
    # Some programs leave “#” and “?” in a name as they are.
    host, path = _host_and_path(rest)
    if os.name == "nt":
        local = host.lower() in here
        return Path(unquote(path).lstrip("/") if local else f"//{host}{unquote(path)}")
    if host.lower() not in here:
        return None
    return Path(os.fsdecode(unquote_to_bytes(path)))


def _host_and_path(rest: str) -> tuple[str, str]:
    if not rest.startswith("//"):
        return "", rest
    host, slash, path = rest[2:].partition("/")
    return host, slash + path


def _left_out(address: str) -> LocalFile:
    scheme, _colon, rest = address.partition(":")
    host, path = _host_and_path(rest)
    host = host.rpartition("@")[2]  # never a password
    place = unquote(f"{scheme}://{host}{path}" if host else address)[:_LONGEST]
    name = unquote(path).rstrip("/").rpartition("/")[2][:_LONGEST] or host or place
    problem = Problem(
        ProblemKind.FILE_UNREADABLE,
        _("{name} isn't on this computer").format(name=name),
        _("It's at {place}. Copy it to this computer, then upload the copy.").format(place=place),
    )
    return LocalFile(Path(place.replace("\0", "")), name, 0, 0, "user_data", problem)
