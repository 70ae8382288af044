"""Turns dropped or pasted URIs, and command-line arguments, into paths on this computer."""

import os
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote, unquote_to_bytes

import msgspec

from services.disk.local_file import LocalFile
from services.problems.errors import Problem, ProblemKind
from services.system.language import _

_MAX_LENGTH = 200
_URI_START = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""How a URI starts. A single letter would be a Windows drive."""
_ASCII = "".join(map(chr, range(128)))


class ResolvedFiles(msgspec.Struct, frozen=True):
    """The files that URIs or arguments refer to."""

    paths: tuple[Path, ...] = ()
    unavailable: tuple[LocalFile, ...] = ()
    """Files that aren't on this computer, each with a problem that says so."""

    def __bool__(self) -> bool:
        return bool(self.paths or self.unavailable)


NO_FILES = ResolvedFiles()


def resolve_uris(uris: Iterable[str], host: str | None = None) -> ResolvedFiles:
    """Resolve the URIs of a drop or a clipboard. `host` is this computer's name.

    Percent-encoded bytes can form any file name, even one that isn't valid UTF-8.
    """
    hostname = (socket.gethostname() if host is None else host).lower()
    local_hosts = {"", "localhost", hostname, hostname.partition(".")[0]}
    paths: list[Path] = []
    unavailable: list[LocalFile] = []
    for uri in uris:
        path = _local_path(uri, local_hosts)
        if path is None:
            unavailable.append(_unavailable_file(uri))
        else:
            paths.append(path)
    return ResolvedFiles(tuple(paths), tuple(unavailable))


def argument_uris(arguments: Iterable[str]) -> tuple[str, ...]:
    """Command-line arguments as URIs: those that are paths, and URIs as file managers pass them."""
    return tuple(map(_argument_uri, arguments))


def resolve_arguments(arguments: Iterable[str], host: str | None = None) -> ResolvedFiles:
    """Resolve command-line arguments: paths, or URIs as file managers pass them."""
    return resolve_uris(argument_uris(arguments), host)


def _argument_uri(argument: str) -> str:
    if _URI_START.match(argument) and not os.path.lexists(argument):
        # Bytes that aren't valid UTF-8 come as lone surrogates, which no other program takes.
        return quote(os.fsencode(argument), safe=_ASCII)
    return Path(argument).absolute().as_uri()


def _local_path(uri: str, local_hosts: set[str]) -> Path | None:
    scheme, _colon, rest = uri.partition(":")
    if scheme.lower() != "file":
        return None
    # Some programs don't escape “#” and “?” in names.
    host, path = _host_and_path(rest)
    if os.name == "nt":
        local = host.lower() in local_hosts
        return Path(unquote(path).lstrip("/") if local else f"//{host}{unquote(path)}")
    if host.lower() not in local_hosts:
        return None
    return Path(os.fsdecode(unquote_to_bytes(path)))


def _host_and_path(rest: str) -> tuple[str, str]:
    if not rest.startswith("//"):
        return "", rest
    host, slash, path = rest[2:].partition("/")
    return host, slash + path


def _unavailable_file(uri: str) -> LocalFile:
    scheme, _colon, rest = uri.partition(":")
    host, path = _host_and_path(rest)
    host = host.rpartition("@")[2]  # drops any password
    location = unquote(f"{scheme}://{host}{path}" if host else uri)[:_MAX_LENGTH]
    name = unquote(path).rstrip("/").rpartition("/")[2][:_MAX_LENGTH] or host or location
    problem = Problem(
        ProblemKind.FILE_UNREADABLE,
        _("{name} isn't on this computer").format(name=name),
        _("It's at {place}. Copy it to this computer, then upload the copy.").format(
            place=location
        ),
    )
    return LocalFile(Path(location.replace("\0", "")), name, 0, 0, "user_data", problem)
