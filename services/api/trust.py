"""Which certificates are trusted: the system's, or those set in environment variables.

REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE replace all others; SSL_CERT_FILE and SSL_CERT_DIR replace
OpenSSL's defaults, as in curl and the official client. An account's own file is trusted in addition.
"""

import os
import re
import ssl
import sys
from pathlib import Path

import requests.utils
import truststore

from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.network import DEFAULT_NETWORK, Network
from services.system.language import _

_REPLACING_ALL = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_FILE, _FOLDERS = "SSL_CERT_FILE", "SSL_CERT_DIR"
_KNOWN_FILES = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
"""Where systems keep theirs; truststore looks there too, if OpenSSL was built for another system."""
_HASHED = re.compile(r"[0-9a-fA-F]{8}\.\d+")


def tls_context(
    network: Network = DEFAULT_NETWORK, *, with_client_certificate: bool = True
) -> ssl.SSLContext:
    """A new TLS context for connecting to servers, made from this computer's settings.

    Don't share it between threads: it can do only one handshake at a time. Raises FilesError if a
    setting points to certificates that don't exist.
    """
    context = _system_context()
    if network.ca_file:
        _load(context, _("the network settings"), network.ca_file)
    if network.client_certificate and with_client_certificate:
        _load_client_certificate(context, network.client_certificate, network.client_key)
    return context


def _system_context() -> ssl.SSLContext:
    for name in _REPLACING_ALL:
        if path := os.environ.get(name):
            context = _new_context()
            _load(context, name, path)
            return context
    if os.environ.get(_FILE) or os.environ.get(_FOLDERS):
        return _openssl_context()
    if _system_has_certificates():
        return _with_modern_tls(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    context = _new_context()
    context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)
    return context


def _openssl_context() -> ssl.SSLContext:
    context = _new_context()
    if path := os.environ.get(_FILE):
        _load(context, _FILE, path)
    folders = [place for place in os.environ.get(_FOLDERS, "").split(os.pathsep) if place]
    if folders and not any(Path(place).is_dir() for place in folders):
        raise _unusable(_FOLDERS, folders[0], "")
    context.set_default_verify_paths()
    return context


def _load(context: ssl.SSLContext, name: str, path: str) -> None:
    place = Path(path)
    try:
        if place.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:  # OSError includes SSLError
        raise _unusable(name, path, str(error)) from error


def _load_client_certificate(context: ssl.SSLContext, certificate: str, key: str) -> None:
    def no_password() -> str:
        raise _KeyIsEncrypted  # OpenSSL would ask for it in the terminal

    try:
        context.load_cert_chain(certificate, key or None, password=no_password)
    except _KeyIsEncrypted:
        problem = Problem(
            ProblemKind.TLS_FAILED,
            _("The client certificate's key is encrypted"),
            _("Save the key of {path} without a password, and choose that file.").format(
                path=key or certificate
            ),
        )
        raise FilesError(problem, body_sent=False, should_retry=False) from None
    except (OSError, ValueError) as error:  # OSError includes SSLError
        problem = Problem(
            ProblemKind.TLS_FAILED,
            _("The client certificate couldn't be used"),
            _(
                "{path} must be a PEM file with a certificate and its key, unless the key is in a "
                "file of its own. Correct it in the network settings."
            ).format(path=certificate),
            str(error),
        )
        raise FilesError(problem, body_sent=False, should_retry=False) from None


class _KeyIsEncrypted(Exception):
    pass


def _system_has_certificates() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    usual = ssl.get_default_verify_paths()
    if usual.cafile or any(map(os.path.isfile, _KNOWN_FILES)):
        return True
    folder = Path(usual.capath) if usual.capath else None
    return folder is not None and any(_HASHED.fullmatch(file.name) for file in folder.iterdir())


def _new_context() -> ssl.SSLContext:
    return _with_modern_tls(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def _with_modern_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _unusable(name: str, path: str, detail: str) -> FilesError:
    problem = Problem(
        ProblemKind.TLS_FAILED,
        _("The trusted certificates couldn't be read"),
        _(
            "{setting} is set to {path}, which doesn't exist or contains no certificates. "
            "Correct it, or remove it to use the system's certificates."
        ).format(setting=name, path=path),
        detail,
    )
    return FilesError(problem, body_sent=False, should_retry=False)
