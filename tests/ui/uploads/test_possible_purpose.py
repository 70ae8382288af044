from pathlib import Path

import pytest

from services.providers.providers import provider_named
from tests.support.factories import local_file
from ui.uploads.possible_purpose import with_possible_purpose


@pytest.mark.parametrize(
    ("provider", "name", "suggested", "possible"),
    [
        ("openai", "a.jsonl", "evals", "evals"),
        ("mistral", "a.jsonl", "fine-tune", "fine-tune"),
        ("mistral", "scan.pdf", "user_data", "ocr"),
        ("together", "a.JSONL", "batch", "batch-api"),
        ("moonshot", "a.png", "vision", "image"),
        ("together", "a.jsonl", "evals", "eval"),
        ("groq", "notes.txt", "user_data", "batch"),
    ],
)
def test_a_purpose_of_the_server_is_suggested(
    provider: str, name: str, suggested: str, possible: str
) -> None:
    file = local_file(Path("/a") / name, suggested_purpose=suggested)
    purposes = provider_named(provider).purposes
    assert with_possible_purpose(file, purposes).suggested_purpose == possible
