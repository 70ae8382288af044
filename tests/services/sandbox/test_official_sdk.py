"""The official client works with the sandbox, which shows that it implements the protocol."""

import io
from pathlib import Path

import openai
import pytest

from services.sandbox.server import SandboxServer
from tests.services.sandbox.conftest import A_MONDAY
from tests.support.manual_clock import ManualClock


def test_all_five_operations(sdk: openai.OpenAI, tmp_path: Path) -> None:
    content = b'{"custom_id": "1"}\n' * 1000
    path = tmp_path / "Anfragen.jsonl"
    path.write_bytes(content)
    with path.open("rb") as file:
        made = sdk.files.create(file=file, purpose="batch")
    assert (made.object, made.purpose, made.status) == ("file", "batch", "processed")
    assert (made.filename, made.bytes) == ("Anfragen.jsonl", len(content))
    assert made.expires_at == made.created_at + 2_592_000
    assert sdk.files.retrieve(made.id) == made
    assert sdk.files.list().data == [made]
    assert sdk.files.content(made.id).read() == content
    deleted = sdk.files.delete(made.id)
    assert (deleted.id, deleted.object, deleted.deleted) == (made.id, "file", True)
    assert sdk.files.list().data == []


def test_expires_after(sdk: openai.OpenAI, clock: ManualClock) -> None:
    made = sdk.files.create(
        file=("a.pdf", b"%PDF-1.4"),
        purpose="user_data",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    assert made.expires_at == A_MONDAY + 3600
    assert sdk.files.create(file=("b.pdf", b"%PDF-1.4"), purpose="user_data").expires_at is None
    clock.now += 3600
    assert [file.filename for file in sdk.files.list()] == ["b.pdf"]


@pytest.mark.slow
def test_pages_are_followed_to_the_end(sdk: openai.OpenAI) -> None:
    names = [f"{number}.txt" for number in range(11)]
    for name in names:
        sdk.files.create(file=(name, b"x"), purpose="vision")
    for limit in (1, 3, 10, 11, 12):
        assert [file.filename for file in sdk.files.list(limit=limit)] == names[::-1]
        assert [file.filename for file in sdk.files.list(limit=limit, order="asc")] == names
    assert list(sdk.files.list(purpose="evals", limit=2)) == []


@pytest.mark.slow
def test_content_can_be_streamed(sdk: openai.OpenAI, tmp_path: Path) -> None:
    content = bytes(range(256)) * 40_000
    made = sdk.files.create(file=("big.bin", io.BytesIO(content)), purpose="vision")
    with sdk.files.with_streaming_response.content(made.id) as response:
        assert response.headers["content-length"] == str(len(content))
        response.stream_to_file(tmp_path / "copy.bin")
    assert (tmp_path / "copy.bin").read_bytes() == content


def test_names_come_back_unchanged(sdk: openai.OpenAI) -> None:
    for name in ("Übersicht 2026.txt", "东京.txt", "a;b'c.txt"):
        assert sdk.files.create(file=(name, b"x"), purpose="vision").filename == name


def test_waiting_for_processing_ends_immediately(sdk: openai.OpenAI) -> None:
    made = sdk.files.create(file=("a.txt", b"x"), purpose="assistants")
    assert sdk.files.wait_for_processing(made.id, max_wait_seconds=5).status == "processed"


def test_an_unknown_id_is_its_not_found_error(sdk: openai.OpenAI) -> None:
    for ask in (sdk.files.retrieve, sdk.files.delete, sdk.files.content):
        with pytest.raises(openai.NotFoundError) as caught:
            ask("file-unknown")
        assert "No such File object: file-unknown" in caught.value.message
        assert (caught.value.param, caught.value.code) == ("id", None)
        assert caught.value.type == "invalid_request_error"
        assert (caught.value.request_id or "").startswith("req_")


@pytest.mark.slow
def test_a_wrong_key_is_its_authentication_error(sdk: openai.OpenAI, server: SandboxServer) -> None:
    with (
        openai.OpenAI(base_url=sdk.base_url, api_key="sk-wrong-0123456789", max_retries=0) as other,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        other.files.create(file=("a.txt", b"x" * 3_000_000), purpose="vision")
    assert caught.value.code == "invalid_api_key"
    assert "sk-wrong-0123456789" not in caught.value.message


def test_rejected_requests_are_its_bad_request_errors(sdk: openai.OpenAI) -> None:
    made = sdk.files.create(file=("a.txt", b"x"), purpose="assistants")
    with pytest.raises(openai.BadRequestError, match="Not allowed to download") as caught:
        sdk.files.content(made.id)
    assert caught.value.type == "invalid_request_error"
    with pytest.raises(openai.BadRequestError, match="is not one of"):
        sdk.files.create(file=("a.txt", b"x"), purpose="answers")  # type: ignore[arg-type]
    with pytest.raises(openai.BadRequestError, match=r"Must be \.jsonl"):
        sdk.files.create(file=("a.txt", b"x"), purpose="fine-tune")
    with pytest.raises(openai.BadRequestError, match="less than the minimum"):
        sdk.files.create(
            file=("a.txt", b"x"),
            purpose="vision",
            expires_after={"anchor": "created_at", "seconds": 5},
        )
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.files.list(limit=0)
    assert (caught.value.param, caught.value.code) == ("limit", "integer_below_min_value")
