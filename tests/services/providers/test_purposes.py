import pytest

from services.providers.limits import OFFICIAL, UNKNOWN
from services.providers.providers import provider_named
from services.providers.purposes import (
    OUTPUT_PURPOSES,
    UPLOAD_PURPOSES,
    Side,
    official_name,
    purpose_named,
    suffix_of,
    why_rejected,
)

MIB = 1024 * 1024


def test_the_upload_purposes_are_those_of_the_api() -> None:
    names = {purpose.name for purpose in UPLOAD_PURPOSES}
    assert names == {"assistants", "batch", "fine-tune", "vision", "user_data", "evals"}
    assert {purpose.side for purpose in UPLOAD_PURPOSES} == {Side.INPUT}


def test_the_output_purposes_are_those_of_the_api() -> None:
    names = {purpose.name for purpose in OUTPUT_PURPOSES}
    assert names == {"assistants_output", "batch_output", "fine-tune-results"}
    assert {purpose.side for purpose in OUTPUT_PURPOSES} == {Side.OUTPUT}


@pytest.mark.parametrize("name", ["retrieval", "batch-output", "", "日本"])
def test_an_unknown_purpose_keeps_its_name_and_accepts_anything(name: str) -> None:
    purpose = purpose_named(name)
    assert (purpose.name, purpose.side) == (name, Side.UNKNOWN)
    assert why_rejected(purpose, "anything.xyz", 1, OFFICIAL) is None


def test_no_purpose_is_an_unknown_purpose_without_a_name() -> None:
    assert purpose_named(None).name == ""


@pytest.mark.parametrize(
    ("purpose", "file_name", "size", "reason"),
    [
        ("batch", "a.jsonl", 200 * MIB, None),
        ("batch", "A.JSONL", None, None),
        ("batch", "a.jsonl", 200 * MIB + 1, "is larger than 200 MB"),
        ("batch", "a.json", 1, "is not .jsonl"),
        ("batch", "jsonl", 1, "is not .jsonl"),
        ("batch", ".jsonl", 1, "is not .jsonl"),
        ("fine-tune", "a.jsonl", 512 * MIB, None),
        ("fine-tune", "a.csv", 1, "is not .jsonl"),
        ("evals", "a.txt", 1, "is not .jsonl"),
        ("vision", "a.PNG", 1, None),
        ("vision", "a.b.webp", 1, None),
        ("vision", "a.svg", 1, "is not an image"),
        ("user_data", "no ending", 512 * MIB, None),
        ("user_data", "a.pdf", 512 * MIB + 1, "is larger than 512 MB"),
        ("assistants", "a.md", None, None),
    ],
)
def test_a_file_is_rejected_for_the_services_reason(
    purpose: str, file_name: str, size: int | None, reason: str | None
) -> None:
    assert why_rejected(purpose_named(purpose), file_name, size, OFFICIAL) == reason


def test_other_servers_have_other_size_limits() -> None:
    batch, azure = purpose_named("batch"), provider_named("azure").limits
    assert why_rejected(purpose_named("user_data"), "a.pdf", 512 * MIB + 1, azure) is None
    assert why_rejected(batch, "a.jsonl", 200 * MIB + 1, azure) == "is larger than 200 MB"
    assert why_rejected(batch, "a.jsonl", 101 * MIB, provider_named("groq").limits) is not None
    assert why_rejected(batch, "a.jsonl", 600 * MIB, UNKNOWN) is None


@pytest.mark.parametrize(
    ("file_name", "suffix"),
    [
        ("a.jsonl", ".jsonl"),
        ("A.TAR.GZ", ".GZ"),
        ("a b.c d", ".c d"),
        (".hidden", ""),
        (".hidden.txt", ".txt"),
        ("..a", ".a"),
        ("a.", ""),
        ("..", ""),
        ("a", ""),
        ("", ""),
    ],
)
def test_an_extension_is_what_follows_the_last_dot(file_name: str, suffix: str) -> None:
    assert suffix_of(file_name) == suffix


@pytest.mark.parametrize(
    ("purpose", "official"),
    [
        ("batch", "batch"),
        ("batch-api", "batch"),
        ("eval", "evals"),
        ("image", "vision"),
        ("file-extract", "file-extract"),
        ("unheard_of", "unheard_of"),
        (None, ""),
    ],
)
def test_a_purpose_may_have_another_name_in_the_openai_api(
    purpose: str | None, official: str
) -> None:
    assert official_name(purpose) == official
