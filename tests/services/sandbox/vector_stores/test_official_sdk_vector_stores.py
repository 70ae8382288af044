"""The official client works with the sandbox's vector stores."""

import openai
import pytest

from tests.support.manual_clock import ManualClock


def uploaded(sdk: openai.OpenAI, name: str = "notes.txt") -> str:
    return sdk.files.create(file=(name, b"Hello, store!"), purpose="assistants").id


def test_a_store_from_its_creation_to_its_deletion(sdk: openai.OpenAI, clock: ManualClock) -> None:
    file_id = uploaded(sdk)
    made = sdk.vector_stores.create(
        name="Help",
        file_ids=[file_id],
        expires_after={"anchor": "last_active_at", "days": 7},
        metadata={"team": "support"},
    )
    assert made.status == "in_progress"
    clock.now += 10
    store = sdk.vector_stores.retrieve(made.id)
    assert (store.status, store.file_counts.completed) == ("completed", 1)
    assert store.expires_at == made.created_at + 7 * 86_400
    assert sdk.vector_stores.update(made.id, name="More help").name == "More help"
    assert sdk.vector_stores.delete(made.id).deleted
    assert list(sdk.vector_stores.list()) == []
    assert sdk.files.retrieve(file_id).filename == "notes.txt"


def test_files_of_a_store(sdk: openai.OpenAI, clock: ManualClock) -> None:
    store_id = sdk.vector_stores.create().id
    good, bad = uploaded(sdk), uploaded(sdk, "chart.png")
    made = sdk.vector_stores.files.create(store_id, file_id=good, attributes={"year": 2026})
    sdk.vector_stores.files.create(store_id, file_id=bad)
    assert made.status == "in_progress"
    clock.now += 10
    file = sdk.vector_stores.files.retrieve(bad, vector_store_id=store_id)
    assert file.last_error is not None
    assert (file.status, file.last_error.code) == ("failed", "unsupported_file")
    text = [part.text for part in sdk.vector_stores.files.content(good, vector_store_id=store_id)]
    assert text == ["Hello, store!"]
    changed = sdk.vector_stores.files.update(
        good, vector_store_id=store_id, attributes={"year": 2027}
    )
    assert changed.attributes == {"year": 2027}
    failed = sdk.vector_stores.files.list(store_id, filter="failed")
    assert [one.id for one in failed] == [bad]
    assert sdk.vector_stores.files.delete(bad, vector_store_id=store_id).deleted
    assert [one.id for one in sdk.vector_stores.files.list(store_id)] == [good]


def test_waiting_for_a_file_ends(sdk: openai.OpenAI, clock: ManualClock) -> None:
    store_id = sdk.vector_stores.create().id
    file_id = uploaded(sdk)
    sdk.vector_stores.files.create(store_id, file_id=file_id)
    clock.now += 10
    file = sdk.vector_stores.files.poll(file_id, vector_store_id=store_id)
    assert file.status == "completed"


def test_pages_are_followed_to_the_end(sdk: openai.OpenAI) -> None:
    made = [sdk.vector_stores.create(name=f"{number}").id for number in range(7)]
    for limit in (1, 3, 7, 100):
        assert [store.id for store in sdk.vector_stores.list(limit=limit)] == made[::-1]
        assert [store.id for store in sdk.vector_stores.list(limit=limit, order="asc")] == made
    files = [uploaded(sdk) for _number in range(4)]
    for file_id in files:
        sdk.vector_stores.files.create(made[0], file_id=file_id)
    for limit in (1, 3):
        listed = sdk.vector_stores.files.list(made[0], limit=limit, order="asc")
        assert [file.id for file in listed] == files


def test_errors_are_its_errors(sdk: openai.OpenAI) -> None:
    store_id, file_id = sdk.vector_stores.create().id, uploaded(sdk)
    with pytest.raises(openai.NotFoundError, match="No vector store found"):
        sdk.vector_stores.retrieve("vs_unknown")
    with pytest.raises(openai.NotFoundError, match="No file found"):
        sdk.vector_stores.files.retrieve(file_id, vector_store_id=store_id)
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.vector_stores.files.create(store_id, file_id="file-unknown")
    assert caught.value.param == "file_id"
