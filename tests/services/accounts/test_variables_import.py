from pathlib import Path

import pytest

from services.accounts.variables_import import (
    LARGEST,
    fields_from,
    read_variables,
    sentence_about,
    variables_in,
)

ENV = """\
# the team's
export OPENAI_API_KEY="sk-canary-0123"   # mine
OPENAI_BASE_URL = https://eu.api.openai.com/v1/
OPENAI_ORG_ID='org-1'
OPENAI_PROJECT_ID=proj_1 # two
PATH=/usr/bin
not a variable
"""


def test_an_env_file_is_read_as_shells_do(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\ufeff" + ENV.replace("\n", "\r\n"), "utf-8")
    fields = fields_from(read_variables(tmp_path / ".env"))
    assert (fields.key, fields.base_url) == ("sk-canary-0123", "https://eu.api.openai.com/v1")
    assert (fields.organization, fields.project) == ("org-1", "proj_1")
    assert fields.provider_id.startswith("openai")
    assert "canary" not in repr(fields)
    said = sentence_about(fields, ".env")
    assert said == (
        "Filled in from .env: OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID. "
        "It won't be read again."
    )


def test_another_services_key_goes_to_that_service() -> None:
    fields = fields_from({"GROQ_API_KEY": "gsk_1", "OPENAI_BASE_URL": "https://x.example"})
    assert (fields.provider_id, fields.base_url) == ("groq", "https://api.groq.com/openai/v1")
    assert fields.names == ("GROQ_API_KEY",)
    both = fields_from({"GROQ_API_KEY": "gsk_1", "OPENAI_API_KEY": "sk-1"})
    assert (both.key, both.provider_id) == ("sk-1", "openai")


@pytest.mark.parametrize("text", ["", "=", "A", "A=", "OPENAI_API_KEY=", "\ud800=1", "export", "'"])
def test_nonsense_has_no_fields(text: str) -> None:
    fields = fields_from(variables_in(text))
    assert fields.names == ()
    assert sentence_about(fields, ".env") == "No key or base URL was found in .env."


@pytest.mark.parametrize("content", [b"A=1\0", b"A" * (LARGEST + 1)])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match=r"isn't a \.env file"):
        read_variables(tmp_path / "x")
