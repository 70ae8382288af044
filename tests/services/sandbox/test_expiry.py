from collections.abc import Callable
from pathlib import Path

from services.sandbox.server import SandboxServer
from tests.services.sandbox.conftest import Client, files_under
from tests.support.manual_clock import ManualClock

HOUR = 3600
DAY = 24 * HOUR


def expiring(client: Client, seconds: int) -> str:
    fields = {"expires_after[anchor]": "created_at", "expires_after[seconds]": str(seconds)}
    return str(client.create(**fields)["id"])


def test_a_file_exists_until_the_second_it_expires(client: Client, clock: ManualClock) -> None:
    file_id = expiring(client, HOUR)
    clock.now += HOUR - 1
    assert client.get(f"/files/{file_id}").status_code == 200
    assert client.get(f"/files/{file_id}/content").status_code == 200
    clock.now += 1
    assert client.get(f"/files/{file_id}/content").status_code == 404
    assert client.get(f"/files/{file_id}").status_code == 404
    assert client.request("DELETE", f"/files/{file_id}").status_code == 404


def test_expired_files_are_removed_from_the_listing_and_the_disk(
    client: Client, clock: ManualClock, folder: Path
) -> None:
    short, long = expiring(client, HOUR), expiring(client, DAY)
    stays = client.create("stays.txt")["id"]
    clock.now += 2 * HOUR
    assert [file["id"] for file in client.list_files()["data"]] == [stays, long]
    assert files_under(folder) == {f"content/{stays}", f"content/{long}"}
    assert short not in client.get("/files").text
    clock.now += 100 * DAY
    assert [file["id"] for file in client.list_files()["data"]] == [stays]


def test_batch_files_expire_after_thirty_days_by_default(
    client: Client, clock: ManualClock
) -> None:
    client.create("in.jsonl", purpose="batch")
    client.create("train.jsonl", purpose="fine-tune")
    clock.now += 30 * DAY - 1
    assert client.names() == ["train.jsonl", "in.jsonl"]
    clock.now += 1
    assert client.names() == ["train.jsonl"]


def test_files_that_expired_while_it_was_off_are_removed_at_start(
    start: Callable[..., SandboxServer], clock: ManualClock, folder: Path
) -> None:
    first = start()
    client = Client(first.start())
    expiring(client, HOUR)
    client.session.close()
    first.stop()
    clock.now += DAY
    start()
    assert files_under(folder) == set()
