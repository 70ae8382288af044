"""What is said about certificates: the server's, its issuer's, and the client's."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.problems.errors import Problem, ProblemKind
from services.providers.network import Network
from tests.services.api.conftest import QUICK, MakeApi, NonWaitingToken
from tests.services.api.operations import ApiCall, list_files, problem_of, upload
from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import Answer

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: application/json\r\n\r\n{"data": []}'


class TlsServer:
    """Answers each request with an empty list, with any certificate; may want one, too."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.answered = 0
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(30)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                accepted, _address = self._listener.accept()
                with suppress(OSError), closing(accepted):
                    accepted.settimeout(30)
                    with self._context.wrap_socket(accepted, server_side=True) as connection:
                        head = b""
                        while b"\r\n\r\n" not in head:
                            received = connection.recv(65536)
                            if not received:
                                raise ConnectionError
                            head += received
                        connection.sendall(OK)
                        self.answered += 1


@pytest.fixture
def make_server() -> Iterator[Callable[..., TlsServer]]:
    servers: list[TlsServer] = []

    def make(
        certificate: trustme.LeafCert,
        clients: trustme.CA | None = None,
        most: ssl.TLSVersion | None = None,
    ) -> TlsServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        if clients is not None:
            clients.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        if most is not None:
            context.maximum_version = most
        servers.append(TlsServer(context))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


MakeServer = Callable[..., TlsServer]
ProblemAt = Callable[..., Problem]


@pytest.fixture
def problem_at(make_api: MakeApi, token: NonWaitingToken, tmp_path: Path) -> ProblemAt:
    """Why a server can't be used with a network; nothing is retried."""

    def find(
        server: TlsServer | ScriptedFilesServer, network: Network, ask: ApiCall = list_files
    ) -> Problem:
        problem = problem_of(ask, make_api(server.base_url, network=network), token, tmp_path)
        assert token.pauses == []
        return problem

    return find


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> Network:
    """A network in which certificates of `authority` are trusted."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return replace(QUICK, ca_file=str(tmp_path / "ca.pem"))


def test_an_own_file_is_trusted_besides_the_system(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = trustme.CA()
    other.cert_pem.write_to_path(str(tmp_path / "system.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    for issuer in (authority, other):
        server = make_server(issuer.issue_cert("127.0.0.1"))
        assert make_api(server.base_url, network=trusting).list_page(token).files == ()


@pytest.mark.parametrize("holds", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\n"])
def test_an_own_file_without_certificates_is_reported(
    make_server: MakeServer,
    problem_at: ProblemAt,
    authority: trustme.CA,
    tmp_path: Path,
    holds: bytes | None,
) -> None:
    if holds is not None:
        (tmp_path / "own.pem").write_bytes(holds)
    server = make_server(authority.issue_cert("127.0.0.1"))
    network = replace(QUICK, ca_file=str(tmp_path / "own.pem"))
    problem = problem_at(server, network)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert "own.pem" in problem.advice
    assert "network settings" in problem.advice


@pytest.mark.parametrize(
    ("made", "title", "advice"),
    [
        ({"not_after": NOW - DAY}, "has expired", "clock, which says"),
        ({"not_before": NOW + DAY}, "isn't valid yet", "clock, which says"),
        ({"name": "other.invalid"}, "is for another name", "login page"),
        ({"name": "127.0.0.2"}, "is for another name", "base URL"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    problem_at: ProblemAt,
    made: dict[str, Any],
    title: str,
    advice: str,
) -> None:
    values = {"name": "127.0.0.1"} | made
    server = make_server(authority.issue_cert(values.pop("name"), **values))
    problem = problem_at(server, trusting)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert problem.title == f"The certificate of 127.0.0.1 {title}"
    assert advice in problem.advice
    assert "No key was sent" in problem.advice or "expired" in title
    assert server.answered == 0


def test_a_certificate_by_an_unknown_authority_is_said_to_be_so(
    trusting: Network,
    make_server: MakeServer,
    problem_at: ProblemAt,
) -> None:
    server = make_server(trustme.CA().issue_cert("127.0.0.1"))
    problem = problem_at(server, trusting)
    assert problem.title == "The certificate of 127.0.0.1 was issued by an unknown authority"
    assert "choose its file in the network settings" in problem.advice


def test_a_self_signed_certificate_can_be_trusted_by_its_file(
    make_api: MakeApi,
    problem_at: ProblemAt,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with closing(TlsServer(context)) as server:
        problem = problem_at(server, QUICK)
        assert problem.title == "The certificate of 127.0.0.1 is self-signed"
        network = replace(QUICK, ca_file=str(certificate))
        assert make_api(server.base_url, network=network).list_page(token).files == ()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "files")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW - DAY, NOW + DAY)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, SHA256())
    )
    (folder / "self.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    return folder / "self.pem", folder / "key.pem"


# Client certificates


@pytest.fixture
def client_file(authority: trustme.CA, tmp_path: Path) -> Path:
    made = authority.issue_cert("ann@files.invalid")
    made.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "client.pem"))
    return tmp_path / "client.pem"


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_certificate_is_shown_to_a_server_that_wants_one(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    client_file: Path,
    version: ssl.TLSVersion,
) -> None:
    server = make_server(authority.issue_cert("127.0.0.1"), authority, version)
    network = replace(trusting, client_certificate=str(client_file))
    assert make_api(server.base_url, network=network).list_page(token).files == ()


def test_the_key_of_a_client_certificate_may_be_in_a_file_of_its_own(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    made = authority.issue_cert("ann@files.invalid")
    made.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    made.cert_chain_pems[0].write_to_path(str(tmp_path / "certificate.pem"))
    server = make_server(authority.issue_cert("127.0.0.1"), authority)
    network = replace(
        trusting,
        client_certificate=str(tmp_path / "certificate.pem"),
        client_key=str(tmp_path / "key.pem"),
    )
    assert make_api(server.base_url, network=network).list_page(token).files == ()


@pytest.mark.parametrize("ask", [list_files, upload])
def test_a_server_that_wants_a_client_certificate_is_reported(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    problem_at: ProblemAt,
    ask: ApiCall,
) -> None:
    server = make_server(authority.issue_cert("127.0.0.1"), authority)
    problem = problem_at(server, trusting, ask)
    assert problem.title == "127.0.0.1 requires a client certificate"
    assert "network settings" in problem.advice
    assert server.answered == 0


def test_a_rejected_client_certificate_is_reported(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    problem_at: ProblemAt,
    client_file: Path,
) -> None:
    server = make_server(authority.issue_cert("127.0.0.1"), trustme.CA())
    network = replace(trusting, client_certificate=str(client_file))
    problem = problem_at(server, network)
    assert problem.title == "127.0.0.1 rejected the client certificate"


def test_a_client_certificate_is_not_shown_to_another_server(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    problem_at: ProblemAt,
    make_files_server: Callable[..., ScriptedFilesServer],
    client_file: Path,
) -> None:
    other = make_server(authority.issue_cert("127.0.0.1"), authority)
    first = make_files_server()
    first.next(Answer(307, (("Location", f"{other.base_url}/files"),)))
    network = replace(trusting, client_certificate=str(client_file))
    problem = problem_at(first, network)
    assert problem.title == "127.0.0.1 requires a client certificate"


@pytest.mark.parametrize("holds", [None, b"", b"nonsense", "no key"])
def test_an_unusable_client_certificate_is_reported(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    problem_at: ProblemAt,
    tmp_path: Path,
    holds: bytes | str | None,
) -> None:
    if isinstance(holds, str):
        holds = authority.issue_cert("ann@files.invalid").cert_chain_pems[0].bytes()
    if holds is not None:
        (tmp_path / "client.pem").write_bytes(holds)
    server = make_server(authority.issue_cert("127.0.0.1"), authority)
    network = replace(trusting, client_certificate=str(tmp_path / "client.pem"))
    problem = problem_at(server, network)
    assert problem.title == "The client certificate couldn't be used"
    assert "client.pem" in problem.advice


def test_an_encrypted_key_is_reported_and_nobody_is_asked_in_the_terminal(
    authority: trustme.CA,
    trusting: Network,
    make_server: MakeServer,
    problem_at: ProblemAt,
    tmp_path: Path,
) -> None:
    made = authority.issue_cert("ann@files.invalid")
    encrypted = load_pem_private_key(made.private_key_pem.bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    (tmp_path / "client.pem").write_bytes(encrypted + made.cert_chain_pems[0].bytes())
    server = make_server(authority.issue_cert("127.0.0.1"), authority)
    network = replace(trusting, client_certificate=str(tmp_path / "client.pem"))
    problem = problem_at(server, network)
    assert problem.title == "The client certificate's key is encrypted"
