import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from services.api.remote_file import RemoteFile
from services.providers.account import Account, AccountKind
from services.providers.providers import PROVIDERS
from tests.support.factories import account, remote_file
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from ui.files.snippets import curl_snippet, python_snippet

Snippet = Callable[[Account, Iterable[RemoteFile]], str]

AWKWARD = "fi'l\"e$(touch gone)`touch gone`\\n/../ü"
"""An ID that must be quoted in every language."""


def run_python(text: str, folder: Path, **variables: str) -> None:
    script = folder / "snippet.py"
    script.write_text(text, "utf-8")
    # Without any settings that the official client reads from the environment.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    subprocess.run(
        [sys.executable, script.name], cwd=folder, env=kept | variables, check=True, timeout=60
    )


def curl_arguments(text: str, folder: Path, **variables: str) -> list[str]:
    """The arguments that a shell would pass to curl."""
    tell = 'curl() { for one in "$@"; do printf \'%s\\0\' "$one"; done; }\n'
    done = subprocess.run(
        ["sh", "-c", tell + text],
        cwd=folder,
        env={"PATH": os.environ["PATH"]} | variables,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return done.stdout.decode().split("\0")[:-1]


def test_the_python_script_saves_files_with_the_key_from_the_environment(
    files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    files_server.add(
        served_file("answers.jsonl", id="file-1", content=b"one\n"),
        served_file("answers.jsonl", id="file-2", content=b"two\n"),
        served_file("../../naïve.txt", id="file-3", content=b"three\n"),
    )
    files = [
        remote_file("answers.jsonl", id="file-1"),
        remote_file("answers.jsonl", id="file-2"),
        remote_file("../../naïve.txt", id="file-3"),
    ]
    text = python_snippet(account(base_url=files_server.base_url), files)
    run_python(text, tmp_path, FILES_API_KEY=TEST_KEY)
    assert (tmp_path / "answers.jsonl").read_bytes() == b"one\n"
    assert (tmp_path / "answers (2).jsonl").read_bytes() == b"two\n"
    assert (tmp_path / "naïve.txt").read_bytes() == b"three\n"


def test_the_python_script_sends_the_accounts_headers(
    files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    files_server.add(served_file("a.txt", id="file-1"))
    azure = account(
        provider_id="azure",
        base_url=files_server.base_url,
        organization="org-'\"x",
        project="proj-1",
    )
    text = python_snippet(azure, [remote_file("a.txt", id="file-1")])
    run_python(text, tmp_path, AZURE_OPENAI_API_KEY=TEST_KEY)
    (request,) = files_server.requests_to("GET", "/files/file-1/content")
    assert request.headers["api-key"] == TEST_KEY
    assert request.headers["openai-organization"] == "org-'\"x"
    assert request.headers["openai-project"] == "proj-1"


def test_ids_and_names_are_safely_quoted_in_python(tmp_path: Path) -> None:
    files = [remote_file(f"{AWKWARD}{number}", id=f"{AWKWARD}{number}") for number in range(2)]
    text = python_snippet(account(), files)
    told: dict[str, object] = {}
    literal = text[text.index("files = {") : text.index("for file_id")]
    exec(compile(literal, "snippet", "exec"), {"__builtins__": {}}, told)
    assert list(told["files"]) == [file.id for file in files]  # type: ignore[call-overload]
    assert all("/" not in name for name in told["files"].values())  # type: ignore[attr-defined]


def test_the_curl_command_has_url_key_variable_and_local_name(tmp_path: Path) -> None:
    files = [remote_file("-x.txt", id="file-1"), remote_file("A b.txt", id="file-2")]
    text = curl_snippet(account(organization="org $HOME"), files)
    assert curl_arguments(text, tmp_path, FILES_API_KEY="sk-it's") == [
        "--fail",
        "--globoff",
        "--header",
        "Authorization: Bearer sk-it's",
        "--header",
        "OpenAI-Organization: org $HOME",
        "--output",
        "./-x.txt",
        "http://127.0.0.1:9/v1/files/file-1/content",
        "--output",
        "./A b.txt",
        "http://127.0.0.1:9/v1/files/file-2/content",
    ]


def test_ids_and_names_are_safely_quoted_in_a_shell(tmp_path: Path) -> None:
    text = curl_snippet(account(), [remote_file(f"{AWKWARD}\n; touch gone", id=AWKWARD)])
    *_others, output, url = curl_arguments(text, tmp_path, FILES_API_KEY="k")
    assert output.startswith("./")
    assert output.count("/") == 1
    assert url == (
        "http://127.0.0.1:9/v1/files/"
        "fi%27l%22e%24%28touch%20gone%29%60touch%20gone%60%5Cn%2F..%2F%C3%BC/content"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("snippet", [python_snippet, curl_snippet])
def test_each_service_has_its_own_key_variable(
    snippet: Snippet,
) -> None:
    official = {"https://api.openai.com/v1"} | {
        f"https://{region}.api.openai.com/v1" for region in ("us", "eu", "ae", "au", "in", "jp")
    }
    for provider in PROVIDERS:
        one = account(provider_id=provider.id, base_url=provider.base_url)
        takes_that_of_openai = "OPENAI_API_KEY" in snippet(one, [remote_file()]).replace(
            "AZURE_OPENAI_API_KEY", ""
        )
        assert takes_that_of_openai == (provider.base_url in official)


@pytest.mark.parametrize("snippet", [python_snippet, curl_snippet])
def test_the_environment_account_uses_its_own_variable(snippet: Snippet) -> None:
    one: Account = account(kind=AccountKind.ENVIRONMENT)
    assert "OPENAI_API_KEY" in snippet(one, [remote_file()])


@pytest.mark.parametrize("snippet", [python_snippet, curl_snippet])
def test_a_url_with_brackets_is_kept(snippet: Snippet) -> None:
    assert "http://[::1]:8017/v1" in snippet(
        account(base_url="http://[::1]:8017/v1"), [remote_file()]
    )


def test_the_parameters_of_every_request_are_included() -> None:
    one = account(provider_id="azure-dated", base_url="https://acme.openai.azure.com/openai")
    file = remote_file(id="file-1")
    assert "default_query={'api-version': '2024-10-21'}" in python_snippet(one, [file])
    address = "https://acme.openai.azure.com/openai/files/file-1/content?api-version=2024-10-21"
    assert address in curl_snippet(one, [file])
