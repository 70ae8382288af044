"""Which certificates are trusted, and which errors are reported."""

import os
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from services.api import trust as trust_module
from services.api.trust import tls_context
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.services.api.operations import ApiCall, list_files, problem_of, upload
from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import StallAtAccept

VARIABLES = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"]


@pytest.fixture
def server(make_files_server: Callable[..., ScriptedFilesServer]) -> ScriptedFilesServer:
    return make_files_server(tls=True)


@pytest.fixture
def ca_file(server: ScriptedFilesServer, tmp_path: Path) -> Path:
    assert server.ca_pem is not None
    (tmp_path / "ca.pem").write_bytes(server.ca_pem)
    return tmp_path / "ca.pem"


@pytest.fixture
def other_ca_file(tmp_path: Path) -> Path:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    return tmp_path / "other.pem"


def folder_of(certificate: Path) -> Path:
    """A certificate folder for OpenSSL, with files named after the hash of their subject."""
    folder = certificate.parent / "hashed"
    folder.mkdir()
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    (folder / f"{name}.0").write_bytes(certificate.read_bytes())
    return folder


@pytest.fixture
def system_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The system's certificate store, still empty."""
    store = tmp_path / "system.pem"
    # Missing files are None, which the library's type hints don't say.
    missing: Any = None
    nowhere = ssl.DefaultVerifyPaths(missing, missing, "SSL_CERT_FILE", "/-", "SSL_CERT_DIR", "/-")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    monkeypatch.setattr(trust_module, "_KNOWN_FILES", (str(store),))
    monkeypatch.setattr("truststore._openssl._CA_FILE_CANDIDATES", [str(store)])
    return store


@pytest.mark.parametrize("variable", VARIABLES[:3])
def test_a_certificate_file_set_in_the_environment_is_trusted(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    monkeypatch: pytest.MonkeyPatch,
    ca_file: Path,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, str(ca_file))
    assert make_api(server.base_url).list_page(token).files == ()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"])
def test_a_certificate_folder_set_in_the_environment_is_trusted(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    monkeypatch: pytest.MonkeyPatch,
    ca_file: Path,
    variable: str,
) -> None:
    folder = str(folder_of(ca_file))
    first = "/nowhere" + os.pathsep if variable == "SSL_CERT_DIR" else ""
    monkeypatch.setenv(variable, first + folder)
    assert make_api(server.base_url).list_page(token).files == ()


def test_a_bundle_replaces_all_other_certificates(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ca_file: Path,
    other_ca_file: Path,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other_ca_file))
    problem = problem_of(list_files, make_api(server.base_url), token, tmp_path)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert server.requests == []


def test_the_systems_certificates_are_trusted(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    system_store: Path,
    ca_file: Path,
) -> None:
    ca_file.rename(system_store)
    assert make_api(server.base_url).list_page(token).files == ()


def test_an_untrusted_certificate_is_rejected_with_advice(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    system_store: Path,
    other_ca_file: Path,
) -> None:
    other_ca_file.rename(system_store)
    problem = problem_of(list_files, make_api(server.base_url), token, tmp_path)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert "network settings" in problem.advice
    assert token.pauses == []
    assert server.requests == []


def test_without_system_certificates_the_programs_are_used(
    system_store: Path, monkeypatch: pytest.MonkeyPatch, ca_file: Path
) -> None:
    monkeypatch.setattr("requests.utils.DEFAULT_CA_BUNDLE_PATH", str(ca_file))
    [only] = tls_context().get_ca_certs()
    assert "trustme" in repr(only["subject"])


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("ask", [list_files, upload])
def test_missing_certificates_are_reported_with_the_settings_name(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    ask: ApiCall,
) -> None:
    gone = str(tmp_path / "gone")
    monkeypatch.setenv(variable, gone)
    problem = problem_of(ask, make_api(server.base_url), token, tmp_path)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert variable in problem.advice
    assert gone in problem.advice
    assert token.pauses == []
    assert server.connections == 0


@pytest.mark.parametrize("variable", VARIABLES[:3])
@pytest.mark.parametrize("holds", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAA\n"])
def test_a_file_without_certificates_is_reported_with_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, holds: bytes
) -> None:
    (tmp_path / "empty.pem").write_bytes(holds)
    monkeypatch.setenv(variable, str(tmp_path / "empty.pem"))
    with pytest.raises(FilesError) as caught:
        tls_context()
    assert variable in caught.value.problem.advice


def test_certificates_are_not_loaded_without_tls(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert make_api().list_page(token).files == ()


def test_a_certificate_for_another_host_is_rejected(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ca_file: Path,
    system_store: Path,
) -> None:
    ca_file.rename(system_store)
    address = server.base_url.replace("127.0.0.1", "127.0.0.2")
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda *_asked: [(2, 1, 6, "", ("127.0.0.1", server.port))],
    )
    problem = problem_of(list_files, make_api(address), token, tmp_path)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert server.requests == []


def test_a_cancelled_handshake_ends_and_the_next_one_works(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    system_store: Path,
    ca_file: Path,
) -> None:
    ca_file.rename(system_store)
    api = make_api(server.base_url)
    ended: list[object] = []

    def ask(token: CancelToken) -> None:
        try:
            ended.append(api.list_page(token).files)
        except Cancelled as error:
            ended.append(type(error))

    def ask_in_a_row(tokens: list[CancelToken]) -> None:
        for token in tokens:
            ask(token)

    tokens = [CancelToken() for _ in range(2)]
    server.next(*[StallAtAccept()] * 2)
    running = threading.Thread(target=ask_in_a_row, args=[[*tokens, CancelToken()]])
    running.start()
    for number, token in enumerate(tokens, 1):
        server.wait_until_stalled(number)
        token.cancel()
    running.join(30)
    assert ended == [Cancelled] * 2 + [()]
