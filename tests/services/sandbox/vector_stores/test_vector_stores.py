import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from services.sandbox.file_store import FileStore
from services.sandbox.server import SandboxServer
from services.sandbox.vector_stores.vector_stores import VectorStores
from tests.services.sandbox.conftest import A_MONDAY, Client, error_in
from tests.services.sandbox.official_shapes import (
    VECTOR_STORE,
    VECTOR_STORE_DELETED,
    VECTOR_STORE_FILE,
    VECTOR_STORE_FILE_CONTENT,
    VECTOR_STORE_FILE_DELETED,
    Shape,
    differences,
    list_of,
)
from tests.support.manual_clock import ManualClock

DAY = 86_400
PARSED = 10
"""Seconds after which every file is parsed."""


class Stores:
    """Calls the endpoints of vector stores; each answer is held against the document."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def create(self, **fields: Any) -> Any:
        return self._post("/vector_stores", VECTOR_STORE, fields)

    def retrieve(self, store_id: str) -> Any:
        return checked(self.client.get(f"/vector_stores/{store_id}"), VECTOR_STORE)

    def modify(self, store_id: str, **fields: Any) -> Any:
        return self._post(f"/vector_stores/{store_id}", VECTOR_STORE, fields)

    def attach(self, store_id: str, file_id: str, **fields: Any) -> Any:
        fields["file_id"] = file_id
        return self._post(f"/vector_stores/{store_id}/files", VECTOR_STORE_FILE, fields)

    def file(self, store_id: str, file_id: str) -> Any:
        path = f"/vector_stores/{store_id}/files/{file_id}"
        return checked(self.client.get(path), VECTOR_STORE_FILE)

    def files(self, store_id: str, **query: Any) -> Any:
        response = self.client.get(f"/vector_stores/{store_id}/files", **query)
        return checked(response, list_of(VECTOR_STORE_FILE))

    def text(self, store_id: str, file_id: str) -> list[str]:
        path = f"/vector_stores/{store_id}/files/{file_id}/content"
        answer = checked(self.client.get(path), VECTOR_STORE_FILE_CONTENT)
        return [part["text"] for part in answer["data"]]

    def _post(self, path: str, shape: Shape, fields: dict[str, Any]) -> Any:
        return checked(self.client.request("POST", path, json=fields), shape)


def checked(response: requests.Response, shape: Shape) -> Any:
    assert response.status_code == 200, response.text
    answer = response.json()
    assert differences(answer, shape) == []
    return answer


@pytest.fixture
def stores(client: Client) -> Stores:
    return Stores(client)


def uploaded(client: Client, name: str = "notes.txt", content: bytes = b"Hello, store!") -> str:
    file_id: str = client.create(name, content, purpose="assistants")["id"]
    return file_id


# Stores.


def test_a_new_store_is_empty_and_completed(stores: Stores) -> None:
    made = stores.create(name="Help")
    assert made["name"] == "Help"
    assert made["status"] == "completed"
    assert made["file_counts"]["total"] == made["usage_bytes"] == 0
    assert made["created_at"] == made["last_active_at"] == A_MONDAY
    assert "expires_at" not in made
    assert stores.retrieve(made["id"]) == made


def test_its_files_are_parsed_by_themselves(stores: Stores, clock: ManualClock) -> None:
    good, bad = uploaded(stores.client), uploaded(stores.client, "table.csv", b"a,b\n")
    made = stores.create(file_ids=[good, bad, good])
    assert made["status"] == "in_progress"
    assert made["file_counts"] == {
        "in_progress": 2,
        "completed": 0,
        "failed": 0,
        "cancelled": 0,
        "total": 2,
    }
    assert made["usage_bytes"] == 0
    clock.now += PARSED
    store = stores.retrieve(made["id"])
    assert store["status"] == "completed"
    assert (store["file_counts"]["completed"], store["file_counts"]["failed"]) == (1, 1)
    assert store["usage_bytes"] == stores.file(made["id"], good)["usage_bytes"] > 0


def test_a_store_is_modified(stores: Stores, clock: ManualClock) -> None:
    made = stores.create(name="Help", metadata={"a": "b"})
    clock.now += 5
    expiry = {"anchor": "last_active_at", "days": 7}
    changed = stores.modify(made["id"], name="More help", expires_after=expiry)
    assert changed["name"] == "More help"
    assert changed["metadata"] == {"a": "b"}
    assert changed["expires_after"] == expiry
    assert changed["last_active_at"] == A_MONDAY + 5
    assert changed["expires_at"] == A_MONDAY + 5 + 7 * DAY
    assert stores.retrieve(made["id"]) == changed
    cleared = stores.modify(made["id"], expires_after=None, metadata=None)
    assert (cleared["name"], cleared["metadata"]) == ("More help", {})
    assert "expires_after" not in cleared


def test_a_store_expires_unless_it_is_used(stores: Stores, clock: ManualClock) -> None:
    file_id = uploaded(stores.client)
    made = stores.create(expires_after={"anchor": "last_active_at", "days": 1})
    clock.now += DAY - 1
    stores.attach(made["id"], file_id)
    clock.now += DAY - 1
    assert stores.retrieve(made["id"])["status"] == "completed"
    clock.now += 1
    assert stores.retrieve(made["id"])["status"] == "expired"
    response = stores.client.request(
        "POST", f"/vector_stores/{made['id']}/files", json={"file_id": file_id}
    )
    assert response.status_code == 400
    assert error_in(response)["message"] == f"Vector store '{made['id']}' has expired."


def test_deleting_a_store_keeps_its_files(stores: Stores) -> None:
    file_id = uploaded(stores.client)
    made = stores.create(file_ids=[file_id])
    path = f"/vector_stores/{made['id']}"
    answer = checked(stores.client.request("DELETE", path), VECTOR_STORE_DELETED)
    assert (answer["id"], answer["deleted"]) == (made["id"], True)
    assert stores.client.get(path).status_code == 404
    assert stores.client.request("DELETE", path).status_code == 404
    assert stores.client.names() == ["notes.txt"]


def test_deleting_or_expiring_a_file_takes_it_out_of_its_stores(
    stores: Stores, clock: ManualClock
) -> None:
    deleted, kept = uploaded(stores.client), uploaded(stores.client)
    short = stores.client.create(
        "short.txt",
        purpose="user_data",
        **{"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"},
    )["id"]
    one = stores.create(file_ids=[deleted, kept, short])
    other = stores.create(file_ids=[deleted])
    stores.client.request("DELETE", f"/files/{deleted}")
    assert [file["id"] for file in stores.files(other["id"])["data"]] == []
    assert stores.retrieve(one["id"])["file_counts"]["total"] == 2
    clock.now += 3600
    assert stores.retrieve(one["id"])["file_counts"]["total"] == 1
    assert [file["id"] for file in stores.files(one["id"])["data"]] == [kept]
    path = f"/vector_stores/{one['id']}/files/{deleted}"
    assert stores.client.get(path).status_code == 404


# Files of a store.


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notes.txt", b"Hello", None),
        ("NOTES.MD", "Grüße".encode(), None),
        ("notes.txt", "Grüße".encode("utf-16"), None),
        ("chart.png", b"\x89PNG\r\n\x1a\n", "unsupported_file"),
        ("table.csv", b"a,b\n", "unsupported_file"),
        ("no-extension", b"Hello", "unsupported_file"),
        ("empty.txt", b"", "invalid_file"),
        ("latin1.txt", b"Gr\xfc\xdfe", "invalid_file"),
        ("broken.pdf", b"not a PDF", "invalid_file"),
        ("broken.docx", b"PK\x03\x04 not a document", "invalid_file"),
    ],
)
def test_a_file_is_completed_or_failed(
    stores: Stores, clock: ManualClock, name: str, content: bytes, code: str | None
) -> None:
    file_id = uploaded(stores.client, name, content)
    store_id = stores.create()["id"]
    made = stores.attach(store_id, file_id)
    assert (made["id"], made["vector_store_id"]) == (file_id, store_id)
    assert (made["status"], made["last_error"], made["usage_bytes"]) == ("in_progress", None, 0)
    assert stores.text(store_id, file_id) == []
    clock.now += PARSED
    file = stores.file(store_id, file_id)
    if code is None:
        assert (file["status"], file["last_error"]) == ("completed", None)
        assert file["usage_bytes"] > len(content)
        assert stores.text(store_id, file_id) != []
    else:
        assert (file["status"], file["last_error"]["code"]) == ("failed", code)
        assert file["last_error"]["message"]
        assert file["usage_bytes"] == 0
        assert stores.text(store_id, file_id) == []


def test_attributes_and_chunks(stores: Stores) -> None:
    file_id = uploaded(stores.client)
    store_id = stores.create()["id"]
    made = stores.attach(store_id, file_id, chunking_strategy={"type": "auto"})
    assert made["attributes"] == {}
    assert made["chunking_strategy"]["static"] == {
        "max_chunk_size_tokens": 800,
        "chunk_overlap_tokens": 400,
    }
    own = {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 50}
    again = stores.attach(
        store_id,
        file_id,
        attributes={"year": 2026, "draft": False, "by": "me"},
        chunking_strategy={"type": "static", "static": own},
    )
    assert again["attributes"] == {"year": 2026, "draft": False, "by": "me"}
    assert again["chunking_strategy"]["static"] == own
    assert len(stores.files(store_id)["data"]) == 1
    path = f"/vector_stores/{store_id}/files/{file_id}"
    changed = stores.client.request("POST", path, json={"attributes": {"year": 2027}}).json()
    assert changed == again | {"attributes": {"year": 2027}}


def test_detaching_keeps_the_file(stores: Stores) -> None:
    file_id = uploaded(stores.client)
    store_id = stores.create(file_ids=[file_id])["id"]
    path = f"/vector_stores/{store_id}/files/{file_id}"
    answer = checked(stores.client.request("DELETE", path), VECTOR_STORE_FILE_DELETED)
    assert (answer["id"], answer["deleted"]) == (file_id, True)
    assert stores.retrieve(store_id)["file_counts"]["total"] == 0
    assert stores.client.names() == ["notes.txt"]
    assert stores.client.request("DELETE", path).status_code == 404


# Lists.


@pytest.fixture
def listed(stores: Stores, clock: ManualClock) -> list[str]:
    """The IDs of five stores, oldest first; some of the same second."""
    made: list[str] = []
    for seconds in (0, 0, 5, 0, 1):
        clock.now += seconds
        made.append(stores.create(name=f"{len(made)}")["id"])
    return made


def ids_in(client: Client, path: str, **query: Any) -> list[str]:
    response = client.get(path, **query)
    assert response.status_code == 200, response.text
    page = response.json()
    ids = [one["id"] for one in page["data"]]
    assert (page["first_id"], page["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))
    return ids


def test_pages_of_stores(client: Client, listed: list[str]) -> None:
    path = "/vector_stores"
    assert differences(client.get(path).json(), list_of(VECTOR_STORE)) == []
    assert ids_in(client, path) == listed[::-1]
    assert ids_in(client, path, order="asc") == listed
    assert ids_in(client, path, limit=2) == listed[:2:-1]
    assert ids_in(client, path, limit=2, after=listed[3]) == [listed[2], listed[1]]
    assert ids_in(client, path, order="asc", after=listed[3]) == [listed[4]]
    # The rows just before the cursor, not the first ones of the list.
    assert ids_in(client, path, limit=2, before=listed[0]) == [listed[2], listed[1]]
    assert ids_in(client, path, limit=2, order="asc", before=listed[3]) == [listed[1], listed[2]]
    assert ids_in(client, path, after=listed[4], before=listed[1]) == [listed[3], listed[2]]
    assert client.get(path, limit=5).json()["has_more"] is False
    assert client.get(path, limit=4).json()["has_more"] is True
    assert client.get(path, limit=1, before=listed[3]).json()["has_more"] is False
    assert client.get(path, limit=1, before=listed[2]).json()["has_more"] is True


def test_pages_of_files(stores: Stores, clock: ManualClock) -> None:
    client = stores.client
    ids = []
    store_id = stores.create()["id"]
    for number in range(5):
        ids.append(uploaded(client, "a.txt" if number % 2 else "a.png"))
        stores.attach(store_id, ids[-1])
        clock.now += 1
    path = f"/vector_stores/{store_id}/files"
    assert ids_in(client, path) == ids[::-1]
    assert ids_in(client, path, order="asc", limit=2, after=ids[1]) == ids[2:4]
    assert ids_in(client, path, limit=2, before=ids[1]) == [ids[3], ids[2]]
    assert ids_in(client, path, filter="in_progress") == [ids[4]]
    clock.now += PARSED
    assert ids_in(client, path, filter="completed") == [ids[3], ids[1]]
    assert ids_in(client, path, filter="failed") == [ids[4], ids[2], ids[0]]
    assert ids_in(client, path, filter="failed", limit=1, after=ids[4]) == [ids[2]]
    assert ids_in(client, path, filter="in_progress") == []
    assert ids_in(client, path, filter="cancelled") == []


def test_stores_outlast_a_restart(start: Callable[..., SandboxServer], clock: ManualClock) -> None:
    first = start()
    client = Client(first.start())
    file_id = uploaded(client)
    made = Stores(client).create(name="Help", file_ids=[file_id])
    client.session.close()
    first.stop()
    clock.now += PARSED
    again = Client(start().start())
    assert Stores(again).retrieve(made["id"])["file_counts"]["completed"] == 1
    assert Stores(again).text(made["id"], file_id) == ["Hello, store!"]
    again.session.close()


# Text.


def test_the_text_of_a_file_that_cannot_be_downloaded(stores: Stores, clock: ManualClock) -> None:
    text = "0123456789" * 5000
    file_id = uploaded(stores.client, "long.md", text.encode())
    store_id = stores.create(file_ids=[file_id])["id"]
    clock.now += PARSED
    assert stores.client.get(f"/files/{file_id}/content").status_code == 400
    parts = stores.text(store_id, file_id)
    assert len(parts) > 1
    assert "".join(parts) == text


# Wrong requests.


def test_unknown_ids(stores: Stores) -> None:
    client, file_id = stores.client, uploaded(stores.client)
    store_id = stores.create()["id"]
    for method, path in (
        ("GET", "/vector_stores/vs_x"),
        ("POST", "/vector_stores/vs_x"),
        ("DELETE", "/vector_stores/vs_x"),
        ("GET", "/vector_stores/vs_x/files"),
        ("GET", f"/vector_stores/vs_x/files/{file_id}"),
        ("DELETE", f"/vector_stores/vs_x/files/{file_id}"),
        ("GET", f"/vector_stores/vs_x/files/{file_id}/content"),
    ):
        response = client.request(method, path)
        assert response.status_code == 404, path
        assert error_in(response)["message"] == "No vector store found with id 'vs_x'."
    for method, ending in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        response = client.request(method, f"/vector_stores/{store_id}/files/{file_id}{ending}")
        assert response.status_code == 404
        assert error_in(response)["message"].startswith(f"No file found with id '{file_id}'")
    for path, query, param in (
        ("/vector_stores", {"after": "vs_x"}, "after"),
        ("/vector_stores", {"before": "vs_x"}, "before"),
        (f"/vector_stores/{store_id}/files", {"after": "file-x"}, "after"),
        (f"/vector_stores/{store_id}/files", {"before": "file-x"}, "before"),
    ):
        response = client.get(path, **query)
        assert response.status_code == 400
        assert error_in(response)["param"] == param


STATIC = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"name": 5}, "name", "invalid_type"),
        ({"name": "x" * 1001}, "name", "string_above_max_length"),
        ({"files": []}, "files", "unknown_parameter"),
        ({"file_ids": "file-x"}, "file_ids", "invalid_type"),
        ({"file_ids": [5]}, "file_ids[0]", "invalid_type"),
        ({"file_ids": ["file-x"]}, "file_ids", None),
        ({"file_ids": ["file-x"] * 501}, "file_ids", "array_above_max_length"),
        ({"expires_after": 5}, "expires_after", "invalid_type"),
        ({"expires_after": {"days": 5}}, "expires_after.anchor", "missing_required_parameter"),
        (
            {"expires_after": {"anchor": "created_at", "days": 5}},
            "expires_after.anchor",
            "invalid_value",
        ),
        (
            {"expires_after": {"anchor": "last_active_at", "days": 366}},
            "expires_after.days",
            "integer_above_max_value",
        ),
        ({"chunking_strategy": {"type": "other"}}, "chunking_strategy.type", "invalid_value"),
        (
            {"chunking_strategy": {"type": "static"}},
            "chunking_strategy.static",
            "missing_required_parameter",
        ),
        (
            {
                "chunking_strategy": {
                    "type": "static",
                    "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 401},
                }
            },
            "chunking_strategy.static.chunk_overlap_tokens",
            "integer_above_max_value",
        ),
    ],
)
def test_wrong_parameters_of_a_new_store(
    client: Client, fields: dict[str, Any], param: str, code: str | None
) -> None:
    response = client.request("POST", "/vector_stores", json=fields)
    assert response.status_code == 400
    assert (error_in(response)["param"], error_in(response)["code"]) == (param, code)
    assert client.get("/vector_stores").json()["data"] == []


def test_wrong_parameters_of_a_file_and_a_list(stores: Stores) -> None:
    client, file_id = stores.client, uploaded(stores.client)
    store_id = stores.create()["id"]
    path = f"/vector_stores/{store_id}/files"
    for fields, param in (
        ({}, "file_id"),
        ({"file_id": "file-x"}, "file_id"),
        ({"file_id": file_id, "attributes": {"a": None}}, "attributes.a"),
        ({"file_id": file_id, "attributes": {"a": "x" * 513}}, "attributes.a"),
        ({"file_id": file_id, "purpose": "x"}, "purpose"),
    ):
        response = client.request("POST", path, json=fields)
        assert response.status_code == 400
        assert error_in(response)["param"] == param
    assert client.request("POST", f"{path}/{file_id}", json={}).status_code == 400
    for query, param in (
        ({"filter": "done"}, "filter"),
        ({"order": "up"}, "order"),
        ({"limit": "101"}, "limit"),
    ):
        response = client.get(path, **query)
        assert response.status_code == 400
        assert error_in(response)["param"] == param
    assert stores.files(store_id)["data"] == []


def test_what_is_deleted_while_it_is_attached_is_not_in_the_store(
    stores: Stores, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_id = stores.create(name="Help")["id"]
    doomed = stores.client.create("a.txt", b"one", purpose="assistants")["id"]
    parse = VectorStores.new_file_row

    def delete_meanwhile(path: str) -> None:
        def parse_slowly(*arguments: Any) -> Any:
            row = parse(*arguments)
            monkeypatch.setattr(VectorStores, "new_file_row", parse)
            stores.client.request("DELETE", path)
            return row

        monkeypatch.setattr(VectorStores, "new_file_row", parse_slowly)

    path = f"/vector_stores/{store_id}/files"
    delete_meanwhile(f"/files/{doomed}")
    assert stores.client.request("POST", path, json={"file_id": doomed}).status_code == 400
    assert stores.files(store_id)["data"] == []
    file_id = stores.client.create("b.txt", b"two", purpose="assistants")["id"]
    delete_meanwhile(f"/vector_stores/{store_id}")
    assert stores.client.request("POST", path, json={"file_id": file_id}).status_code == 404


def test_no_page_of_a_store_sorts_all_its_files(
    stores: Stores, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_id = stores.create(name="Help")["id"]
    for name in ("a.txt", "b.txt", "c.txt"):
        file = stores.client.create(name, b"text", purpose="assistants")
        stores.attach(store_id, file["id"])
    asked: list[tuple[str, Any]] = []
    query = FileStore.query

    def note(store: FileStore, statement: str, values: Any = ()) -> Any:
        asked.append((statement, values))
        return query(store, statement, values)

    monkeypatch.setattr(FileStore, "query", note)
    first = stores.files(store_id, limit=1)
    stores.files(store_id, limit=1, after=first["last_id"], order="desc")
    pages = [one for one in asked if "ORDER BY" in one[0] and "vector_store_files" in one[0]]
    assert len(pages) == 2
    with contextlib.closing(sqlite3.connect(folder / "files.sqlite")) as database:
        for statement, values in pages:
            steps = database.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            assert not [step for step in steps if "ORDER BY" in step[3]]
