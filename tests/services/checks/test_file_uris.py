import os
import socket
from pathlib import Path

import pytest

from services.checks.file_uris import resolve_arguments, resolve_uris


@pytest.mark.parametrize(
    "uri",
    [
        "file:///data/a%20b%23.jsonl",
        "file://localhost/data/a%20b%23.jsonl",
        "FILE://Harbor/data/a%20b%23.jsonl",
        "file://harbor.example.net/data/a%20b%23.jsonl",
        "file:/data/a%20b%23.jsonl",
        "file:///data/a%20b#.jsonl",
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="another computer's name is part of a path there")
def test_every_form_of_local_uri_is_resolved(uri: str) -> None:
    found = resolve_uris([uri], "harbor.example.net")
    assert (found.paths, found.unavailable) == ((Path("/data/a b#.jsonl"),), ())


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_a_name_that_is_not_valid_utf_8_is_resolved(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"R\xe9sum\xe9.txt")
    path.write_bytes(b"x")
    (found,) = resolve_uris([f"file://{tmp_path}/R%E9sum%E9.txt"]).paths
    assert found.samefile(path)


def test_the_hostname_of_this_computer_is_local() -> None:
    assert resolve_uris([f"file://{socket.gethostname()}/data"]).paths


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("sftp://me:secret@host.example/home/r%C3%A9sum%C3%A9.csv", "résumé.csv"),
        ("smb://nas/share/folder/", "folder"),
        ("smb://nas", "nas"),
        ("https://example.com/chart.png", "chart.png"),
        ("mtp://%5Busb%3A001%5D/DCIM", "DCIM"),
        ("trash:///old.txt", "old.txt"),
    ],
)
def test_remote_files_are_unavailable_with_a_name_and_a_reason(uri: str, name: str) -> None:
    found = resolve_uris([uri, "file:///data"])
    assert found.paths == (Path("/data"),)
    (unavailable,) = found.unavailable
    assert unavailable.name == name
    assert unavailable.problem is not None
    assert name in unavailable.problem.title
    assert unavailable.problem.advice
    assert "secret" not in f"{unavailable}"


@pytest.mark.skipif(os.name == "nt", reason="another computer's name is part of a path there")
def test_a_file_on_another_computer_is_unavailable() -> None:
    assert [one.name for one in resolve_uris(["file://other/a.txt"], "harbor").unavailable] == [
        "a.txt"
    ]


@pytest.mark.skipif(os.name == "nt", reason="a name with a colon is none there")
def test_arguments_can_be_paths_or_uris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sftp:").mkdir()
    arguments = [
        "a b.txt",
        os.fsdecode(b"/R\xe9.txt"),
        "file:///c%20d.txt",
        "sftp:/e",
        "smb://nas/f",
    ]
    (tmp_path / "sftp:" / "e").touch()
    found = resolve_arguments(arguments)
    assert found.paths == (
        tmp_path / "a b.txt",
        Path(os.fsdecode(b"/R\xe9.txt")),
        Path("/c d.txt"),
        tmp_path / "sftp:" / "e",
    )
    assert [file.name for file in found.unavailable] == ["f"]
