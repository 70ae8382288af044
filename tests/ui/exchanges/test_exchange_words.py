"""Exchanges as texts: whole, and as a curl command that a shell takes as it is meant."""

import shlex
import subprocess

import pytest

from services.api.exchanges import Exchange
from services.problems.error_responses import Operation
from tests.support.factories import account
from ui.exchanges.curl_command import curl_command
from ui.exchanges.exchange_words import (
    outcome_in_words,
    request_in_words,
    whole_text,
)

REFUSED = Exchange(
    1,
    "account-1",
    "transfer 1",
    Operation.UPLOAD,
    "POST",
    "https://files.example/v1/files?after=a&limit=2",
    attempt=2,
    began=1_700_000_000.0,
    request_headers=(("User-Agent", "x"), ("Authorization", "•••"), ("X-Acme-Token", "•••")),
    form=(("purpose", "batch"), ("file", '@it\'s "quoted" \\ .jsonl')),
    status=429,
    reason="Too Many Requests",
    response_headers=(("x-request-id", "req_7"), ("Retry-After", "3")),
    answered_after=0.084,
    ended_after=1.5,
    problem="Too many requests",
)


def test_the_whole_text_says_everything() -> None:
    text = whole_text(REFUSED)
    for part in (
        "POST https://files.example/v1/files?after=a&limit=2",
        "84 ms",
        "1.5 s",
        "req_7",
        "Retry-After: 3",
        "Too many requests",
        "429 Too Many Requests",
        "purpose: batch",
    ):
        assert part in text


def test_a_row_says_the_attempt_and_the_status() -> None:
    assert request_in_words(REFUSED) == "POST /v1/files?after=a&limit=2 (attempt 2)"
    assert outcome_in_words(REFUSED) == "429 Too Many Requests"


def shell_words(command: str) -> list[str]:
    """The arguments after a real shell has expanded the command."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    variables = {"OPENAI_API_KEY": "sk-1", "X_ACME_TOKEN": "t 1"}
    done = subprocess.run(["sh", "-c", script], env=variables, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def test_curl_gets_secrets_from_the_environment_and_the_rest_as_it_was() -> None:
    used = account(provider_id="openai", base_url="https://files.example/v1")
    command = curl_command(REFUSED, used)
    assert "•••" not in command
    words = shell_words(command)
    assert words[-1] == REFUSED.url
    assert "Authorization: Bearer sk-1" in words
    assert "X-Acme-Token: t 1" in words
    assert "purpose=batch" in words
    assert 'file=@"./it\'s \\"quoted\\" \\\\ .jsonl"' in words
    assert not any(word.startswith("User-Agent") for word in words)


@pytest.mark.parametrize("hostile", ["'; touch here; '", "$(touch here)", "a\nb", "--output=x"])
def test_no_text_gets_out_of_its_quotes(hostile: str) -> None:
    exchange = Exchange(
        1, "a", "", Operation.START, "POST", hostile, json=hostile, form=(("purpose", hostile),)
    )
    words = shell_words(curl_command(exchange, account()))
    assert words[-1] == hostile
    assert f"purpose={hostile}" in words
    assert shlex.split(curl_command(exchange, account()))
