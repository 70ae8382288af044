import hashlib
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import (
    LOST,
    ODD_OBJECTS,
    OWN_PAGE_SIZE,
    ListingQuirk,
    many_files,
    served_file,
)
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Framing,
    Moment,
    Refuse,
    Reset,
    Slow,
    Stall,
    StallAtAccept,
    api_error,
    html,
    invalid_json,
    rate_limited,
    redirect,
)

MakeServer = Callable[..., ScriptedFilesServer]


class Client:
    """Sends plain requests with the key, in one keep-alive session."""

    def __init__(self, server: ScriptedFilesServer) -> None:
        self.base_url = server.base_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {TEST_KEY}"

    def ask(self, method: str, path: str, **named: Any) -> requests.Response:
        return self.session.request(method, self.base_url + path, timeout=10, **named)

    def get(self, path: str, **query: str) -> requests.Response:
        return self.ask("GET", path, params=query)

    def upload(self, content: bytes = b"{}\n", **fields: str) -> requests.Response:
        return self.ask(
            "POST",
            "/files",
            data={"purpose": "batch"} | fields,
            files={"file": ("a.jsonl", content)},
        )


@pytest.fixture
def client(files_server: ScriptedFilesServer) -> Iterator[Client]:
    client = Client(files_server)
    yield client
    client.session.close()


def test_a_listing_has_the_official_format(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    files_server.add(served_file("a.txt", id="file-a", created_at=5, content=b"xyz"))
    assert client.get("/files").json() == {
        "object": "list",
        "data": [
            {
                "object": "file",
                "id": "file-a",
                "purpose": "batch",
                "filename": "a.txt",
                "bytes": 3,
                "created_at": 5,
                "status": "processed",
                "status_details": None,
            }
        ],
        "first_id": "file-a",
        "last_id": "file-a",
        "has_more": False,
    }


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_list_each_file_once_even_with_equal_times(
    files_server: ScriptedFilesServer, client: Client, order: str
) -> None:
    files_server.add(*(served_file(created_at=7) for _ in range(7)))
    ids: list[str] = []
    after: dict[str, str] = {}
    for _ in range(10):
        page = client.get("/files", limit="3", order=order, **after).json()
        ids += [item["id"] for item in page["data"]]
        if not page["has_more"]:
            break
        after = {"after": ids[-1]}
    expected = [file.id for file in files_server.files]
    assert ids == (expected if order == "asc" else expected[::-1])


def test_a_listing_can_be_limited_to_a_purpose(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    files_server.add(served_file(purpose="vision", id="file-v"), served_file(purpose="batch"))
    data = client.get("/files", purpose="vision").json()["data"]
    assert [item["id"] for item in data] == ["file-v"]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "10001"}, {"after": ""}])
def test_invalid_listing_parameters_are_rejected(client: Client, query: dict[str, str]) -> None:
    assert client.get("/files", **query).status_code == 400


def test_an_upload_is_recorded_and_can_be_downloaded(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    answer = client.upload(
        b"one\r\ntwo", **{"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    ).json()
    assert answer["expires_at"] == answer["created_at"] + 3600
    request = files_server.requests[-1]
    assert request.complete
    assert request.filename == "a.jsonl"
    assert request.file_size == 8
    assert request.file_sha256 == hashlib.sha256(b"one\r\ntwo").hexdigest()
    assert request.fields["purpose"] == "batch"
    assert client.get(f"/files/{answer['id']}/content").content == b"one\r\ntwo"
    assert client.get(f"/files/{answer['id']}").json() == answer


def test_the_content_of_a_large_upload_is_hashed_but_not_kept(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    content = bytes(range(256)) * 16 * 1024
    answer = client.upload(content).json()
    assert answer["bytes"] == len(content)
    assert files_server.requests[-1].file_sha256 == hashlib.sha256(content).hexdigest()
    assert files_server.files[-1].content is None


@pytest.mark.slow
def test_a_slow_upload_takes_time_and_arrives_complete(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    files_server.next(Slow(bytes_per_second=1_000_000))
    started = time.monotonic()
    assert client.upload(bytes(300_000)).json()["bytes"] == 300_000
    assert time.monotonic() - started > 0.29


def test_a_name_with_quotes_and_non_ascii_letters_arrives_unchanged(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    name = 'na"me 日本.txt'
    client.ask("POST", "/files", data={"purpose": "batch"}, files={"file": (name.encode(), b"x")})
    assert files_server.requests[-1].filename == name


def test_a_second_delete_of_a_file_is_not_found(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    files_server.add(served_file(id="file-a"))
    assert client.ask("DELETE", "/files/file-a").json()["deleted"] is True
    assert files_server.files == []
    answer = client.ask("DELETE", "/files/file-a")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "No such File object: file-a"


@pytest.mark.parametrize("key", [None, "Bearer wrong"])
def test_a_wrong_key_is_rejected(
    files_server: ScriptedFilesServer, client: Client, key: str | None
) -> None:
    del client.session.headers["Authorization"]
    if key is not None:
        client.session.headers["Authorization"] = key
    assert client.get("/files").status_code == 401


def test_a_session_reuses_its_connection(files_server: ScriptedFilesServer, client: Client) -> None:
    for _ in range(3):
        client.get("/files")
    assert [request.connection for request in files_server.requests] == [1, 1, 1]


def test_faults_are_used_in_order_and_scripts_take_precedence(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    files_server.next(html(502), None, Answer(418))
    files_server.script("GET", "/files/*", [Answer(451)])
    answers = [client.get(path).status_code for path in ("/files", "/files/x", "/files", "/files")]
    assert answers == [502, 451, 200, 418]
    assert files_server.unused_faults == 0


@pytest.mark.parametrize(
    "fault",
    [
        Refuse(),
        Reset(Moment.BEFORE_BODY),
        Reset(Moment.IN_BODY, after_bytes=20),
        Reset(Moment.AFTER_BODY),
        Delivery(cut_after=0, reset=True),
        Delivery(cut_after=20),
        Delivery(cut_after=20, framing=Framing.CHUNKED),
        Delivery(length_lie=20),
    ],
)
def test_a_broken_connection_is_an_error_at_the_client(
    files_server: ScriptedFilesServer, client: Client, fault: Fault
) -> None:
    files_server.next(fault)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.upload()
    assert client.get("/files").status_code == 200


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_reset_after_the_body_creates_a_file_only_if_carried_out(
    files_server: ScriptedFilesServer, client: Client, carried_out: bool
) -> None:
    files_server.next(Reset(Moment.AFTER_BODY, carried_out=carried_out))
    with pytest.raises(requests.ConnectionError):
        client.upload()
    assert len(files_server.files) == carried_out


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(framing=Framing.CLOSE, cut_after=20),
        Delivery(framing=Framing.CLOSE, cut_after=20, gzip=True),
        Delivery(length_lie=-20),
    ],
)
def test_cuts_that_http_cannot_detect_shorten_the_content(
    files_server: ScriptedFilesServer, client: Client, delivery: Delivery
) -> None:
    content = bytes(range(200))
    files_server.add(served_file(id="file-a", content=content))
    files_server.next(delivery)
    received = client.get("/files/file-a/content").content
    assert len(received) < 200
    assert content.startswith(received)


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(framing=Framing.CHUNKED),
        Delivery(framing=Framing.CLOSE),
        Delivery(gzip=True),
        Delivery(drip=100),
    ],
)
def test_unusual_deliveries_are_complete(
    files_server: ScriptedFilesServer, client: Client, delivery: Delivery
) -> None:
    content = bytes(range(256)) * 2
    files_server.add(served_file(id="file-a", content=content))
    files_server.next(delivery)
    assert client.get("/files/file-a/content").content == content


def test_a_dropped_connection_is_replaced(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    files_server.next(Delivery(drop=True))
    client.get("/files")
    files_server.wait_until_closed()
    client.get("/files")
    assert [request.connection for request in files_server.requests] == [1, 2]


@pytest.mark.parametrize("polite", [True, False])
def test_an_early_response_comes_before_the_body_is_read(
    files_server: ScriptedFilesServer, client: Client, polite: bool
) -> None:
    files_server.next(api_error(413, "too large", early=True, polite=polite))
    try:
        assert client.upload(bytes(30_000_000)).status_code == 413
    except requests.ConnectionError:
        assert not polite
    assert files_server.files == []


@pytest.mark.parametrize(
    "fault",
    [
        StallAtAccept(),
        Stall(Moment.BEFORE_BODY),
        Stall(Moment.IN_BODY, after_bytes=100_000),
        Stall(Moment.AFTER_BODY),
        Stall(Moment.AFTER_BODY, carried_out=True),
        Delivery(stall_in_head=True),
        Delivery(stall_after=10),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_a_stalled_request_continues_when_released(
    make_files_server: MakeServer, tmp_path: Path, fault: Fault, tls: bool
) -> None:
    server = make_files_server(tls=tls)
    client = Client(server)
    if server.ca_pem is not None:
        (tmp_path / "ca.pem").write_bytes(server.ca_pem)
        client.session.verify = str(tmp_path / "ca.pem")
    server.next(fault)
    answers: list[int] = []
    uploading = threading.Thread(
        target=lambda: answers.append(client.upload(bytes(12_000_000)).status_code)
    )
    uploading.start()
    server.wait_until_stalled()
    assert answers == []
    assert server.waiting
    server.release()
    uploading.join(10)
    client.session.close()
    assert answers == [200]
    assert [file.size for file in server.files] == [12_000_000]


def test_close_drops_stalled_connections_at_once(
    files_server: ScriptedFilesServer, client: Client
) -> None:
    files_server.next(Stall())
    failed = threading.Event()

    def ask() -> None:
        with pytest.raises(requests.ConnectionError):
            client.get("/files")
        failed.set()

    asking = threading.Thread(target=ask)
    asking.start()
    files_server.wait_until_stalled()
    files_server.close()
    asking.join(10)
    assert failed.is_set()


def test_responses_can_be_anything(files_server: ScriptedFilesServer, client: Client) -> None:
    files_server.next(rate_limited("3", "250"), invalid_json(), redirect("http://127.0.0.1:1/x"))
    limited = client.get("/files")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")
    assert limited.headers["retry-after-ms"] == "250"
    with pytest.raises(requests.JSONDecodeError):
        client.get("/files").json()
    moved = client.ask("GET", "/files", allow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (307, "http://127.0.0.1:1/x")


_LONG_LISTING_QUIRKS = {ListingQuirk.OWN_PAGE_SIZE, ListingQuirk.LOSES_BETWEEN_PAGES}


@pytest.mark.parametrize(
    ("quirk", "first", "second"),
    [
        (None, 600, 0),
        (ListingQuirk.OWN_PAGE_SIZE, OWN_PAGE_SIZE, 600 - OWN_PAGE_SIZE),
        (ListingQuirk.LOSES_BETWEEN_PAGES, 600, 0),
    ],
)
def test_the_quirks_of_long_listings(
    files_server: ScriptedFilesServer,
    client: Client,
    quirk: ListingQuirk | None,
    first: int,
    second: int,
) -> None:
    files_server.add(*many_files(600))
    if quirk is not None:
        files_server.quirks.add(quirk)
    page = client.get("/files", limit="10000").json()["data"]
    rest = client.get("/files", limit="10000", after=page[-1]["id"]).json()["data"]
    assert (len(page), len(rest)) == (first, second)
    later = client.get("/files", limit="10000", after=page[99]["id"]).json()["data"]
    lost = LOST if quirk is ListingQuirk.LOSES_BETWEEN_PAGES else 0
    assert later[0]["id"] == page[100 + lost]["id"]


@pytest.mark.parametrize(
    "quirk",
    [one for one in ListingQuirk if one not in _LONG_LISTING_QUIRKS],
)
def test_each_quirk_affects_the_listing(
    files_server: ScriptedFilesServer, client: Client, quirk: ListingQuirk
) -> None:
    files_server.add(*many_files(4))
    files_server.quirks.add(quirk)
    last = client.get("/files").json()["data"][-1]["id"]
    page = client.get("/files", limit="2", order="asc").json()
    rest = client.get("/files", after=last).json()
    expected: dict[ListingQuirk, Callable[[], bool]] = {
        ListingQuirk.HAS_MORE_MISSING: lambda: "has_more" not in page,
        ListingQuirk.HAS_MORE_ALWAYS: lambda: rest["has_more"] is True,
        ListingQuirk.LIMIT_IGNORED: lambda: len(page["data"]) == 4,
        ListingQuirk.AFTER_IGNORED: lambda: len(rest["data"]) == 4,
        ListingQuirk.REPEATED_IDS: lambda: page["data"][0] == page["data"][1],
        ListingQuirk.ODD_OBJECTS: lambda: len(page["data"]) == 2 + len(ODD_OBJECTS),
        ListingQuirk.FIRST_ID_NULL: lambda: page["first_id"] is None,
    }
    assert expected[quirk]()


@pytest.mark.slow
def test_it_runs_standalone_and_prints_its_address() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.files_server", "--files", "3"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            printed = json.loads(process.stdout.readline())
            answer = requests.get(
                printed["base_url"] + "/files",
                headers={"Authorization": f"Bearer {printed['key']}"},
                timeout=10,
            )
            assert len(answer.json()["data"]) == 3
        finally:
            process.terminate()


def test_file_ids_are_unique() -> None:
    ids = [file.id for file in itertools.chain(many_files(3), many_files(3))]
    assert len(set(ids)) == 6
