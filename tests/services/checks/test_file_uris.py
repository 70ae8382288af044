import os
import socket
from pathlib import Path

import pytest

from services.checks.file_uris import resolve_arguments, resolve_uris


@pytest.mark.parametrize(
    "address",
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
def test_a_file_of_this_computer_is_one_whatever_its_address(address: str) -> None:
    found = resolve_uris([address], "harbor.example.net")
    assert (found.paths, found.unavailable) == ((Path("/data/a b#.jsonl"),), ())


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_a_name_that_is_no_utf_8_is_found(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"R\xe9sum\xe9.txt")
    path.write_bytes(b"x")
    (found,) = resolve_uris([f"file://{tmp_path}/R%E9sum%E9.txt"]).paths
    assert found.samefile(path)


def test_the_name_of_this_computer_is_known() -> None:
    assert resolve_uris([f"file://{socket.gethostname()}/data"]).paths


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("sftp://me:secret@host.example/home/r%C3%A9sum%C3%A9.csv", "résumé.csv"),
        ("smb://nas/share/folder/", "folder"),
        ("smb://nas", "nas"),
        ("https://example.com/chart.png", "chart.png"),
        ("mtp://%5Busb%3A001%5D/DCIM", "DCIM"),
        ("trash:///old.txt", "old.txt"),
    ],
)
def test_what_is_elsewhere_is_left_out_by_name_with_the_reason(address: str, name: str) -> None:
    found = resolve_uris([address, "file:///data"])
    assert found.paths == (Path("/data"),)
    (left_out,) = found.unavailable
    assert left_out.name == name
    assert left_out.problem is not None
    assert name in left_out.problem.title
    assert left_out.problem.advice
    assert "secret" not in f"{left_out}"


@pytest.mark.skipif(os.name == "nt", reason="another computer's name is part of a path there")
def test_a_file_of_another_computer_is_elsewhere() -> None:
    assert [one.name for one in resolve_uris(["file://other/a.txt"], "harbor").unavailable] == [
        "a.txt"
    ]


@pytest.mark.skipif(os.name == "nt", reason="a name with a colon is none there")
def test_a_command_line_has_paths_and_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sftp:").mkdir()
    words = ["a b.txt", os.fsdecode(b"/R\xe9.txt"), "file:///c%20d.txt", "sftp:/e", "smb://nas/f"]
    (tmp_path / "sftp:" / "e").touch()
    found = resolve_arguments(words)
    assert found.paths == (
        tmp_path / "a b.txt",
        Path(os.fsdecode(b"/R\xe9.txt")),
        Path("/c d.txt"),
        tmp_path / "sftp:" / "e",
    )
    assert [file.name for file in found.unavailable] == ["f"]
