import threading
from typing import Any

import pytest

from tests.services.sandbox.conftest import Client, error_in
from tests.support.manual_clock import ManualClock


def walk(client: Client, **query: Any) -> list[str]:
    """The IDs of all files, page by page."""
    ids: list[str] = []
    while True:
        page = client.list_files(**query)
        assert len(page["data"]) <= query["limit"]
        assert page["first_id"] == page["data"][0]["id"]
        assert page["last_id"] == page["data"][-1]["id"]
        ids += [file["id"] for file in page["data"]]
        if not page["has_more"]:
            return ids
        query["after"] = ids[-1]


def test_an_empty_listing_is_valid(client: Client) -> None:
    assert client.list_files() == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


def test_a_listing_has_the_same_objects_as_retrieve_newest_first(
    client: Client, clock: ManualClock
) -> None:
    made = []
    for number in range(3):
        made.append(client.create(f"{number}.txt"))
        clock.now += 60
    page = client.list_files()
    assert page == {
        "object": "list",
        "data": made[::-1],
        "first_id": made[2]["id"],
        "last_id": made[0]["id"],
        "has_more": False,
    }
    assert page["data"] == [client.get(f"/files/{file['id']}").json() for file in made[::-1]]
    assert client.list_files(order="asc")["data"] == made


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 14, 15, 16])
def test_pages_return_every_file_once_even_those_of_the_same_second(
    client: Client, clock: ManualClock, limit: int
) -> None:
    made = []
    for number in range(15):
        made.append(client.create(f"{number}.txt")["id"])
        if number % 5 == 4:
            clock.now += 1
    assert walk(client, limit=limit, order="asc") == made
    assert walk(client, limit=limit, order="desc") == made[::-1]


def test_a_clock_set_back_does_not_break_the_order(client: Client, clock: ManualClock) -> None:
    later = client.create()["id"]
    clock.now -= 100
    earlier = client.create()["id"]
    assert walk(client, limit=1, order="asc") == [earlier, later]


def test_only_files_with_the_purpose_are_listed(client: Client) -> None:
    for number in range(3):
        client.create(f"{number}.jsonl", purpose="evals")
        client.create(f"{number}.png", purpose="vision")
    assert client.names(purpose="evals") == ["2.jsonl", "1.jsonl", "0.jsonl"]
    assert client.names(purpose="batch_output") == []
    page = client.list_files(purpose="evals", limit=2)
    assert page["has_more"] is True
    rest = client.list_files(purpose="evals", limit=2, after=page["last_id"])
    assert [file["filename"] for file in rest["data"]] == ["0.jsonl"]
    assert rest["has_more"] is False


def test_deleting_a_file_between_two_pages_does_not_skip_another(client: Client) -> None:
    made = [client.create(f"{number}.txt")["id"] for number in range(6)]
    page = client.list_files(limit=2, order="asc")
    client.request("DELETE", f"/files/{made[0]}")
    client.request("DELETE", f"/files/{made[3]}")
    new = client.create("new.txt")["id"]
    rest = walk(client, limit=2, order="asc", after=page["last_id"])
    assert rest == [made[2], made[4], made[5], new]


@pytest.mark.parametrize(
    ("query", "param", "code", "message"),
    [
        ({"limit": "0"}, "limit", "integer_below_min_value", ">= 1, but got 0"),
        ({"limit": "-5"}, "limit", "integer_below_min_value", ">= 1, but got -5"),
        ({"limit": "10001"}, "limit", "integer_above_max_value", "<= 10000, but got 10001"),
        ({"limit": "many"}, "limit", "invalid_type", "expected an integer"),
        ({"limit": "1.5"}, "limit", "invalid_type", "expected an integer"),
        ({"limit": "9" * 5000}, "limit", "invalid_type", "expected an integer"),
        ({"order": "up"}, "order", "invalid_value", "'asc' and 'desc'"),
        ({"after": "file-none"}, "after", None, "No such File object: file-none"),
    ],
)
def test_invalid_queries_are_rejected(
    client: Client, query: dict[str, str], param: str, code: str | None, message: str
) -> None:
    response = client.get("/files", **query)
    assert response.status_code == 400
    error = error_in(response)
    assert (error["param"], error["code"]) == (param, code)
    assert error["type"] == "invalid_request_error"
    assert message in error["message"]


def test_the_largest_limit_is_accepted(client: Client) -> None:
    client.create()
    assert len(client.list_files(limit=10_000)["data"]) == 1


@pytest.mark.slow
def test_concurrent_requests_do_not_disturb_each_other(client: Client) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        own = Client(client.address)
        try:
            for turn in range(5):
                content = f"{number}/{turn}".encode() * 30_000
                made = own.create(f"{number}-{turn}.txt", content)
                assert own.get(f"/files/{made['id']}/content").content == content
                assert made["id"] in {file["id"] for file in own.list_files()["data"]}
                if turn % 2:
                    assert own.request("DELETE", f"/files/{made['id']}").status_code == 200
        except BaseException as failure:  # noqa: BLE001 - asserted below
            failures.append(failure)
        finally:
            own.session.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(client.names()) == 8 * 3
