import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file

ROOT = Path(__file__).resolve().parent.parent.parent


def run(module: str, server: ScriptedFilesServer, *arguments: str | Path) -> list[str]:
    """Run a module as a program with a server's account; return the lines it prints."""
    environment = os.environ | {"OPENAI_API_KEY": TEST_KEY, "OPENAI_BASE_URL": server.base_url}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT, module, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


WITHOUT_QT = """
import runpy, sys
sys.modules["PySide6"] = None
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__")
"""


@pytest.mark.slow
def test_example_lists_uploads_and_downloads(
    files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    files_server.add(served_file("first.txt", id="file-first"))
    path = tmp_path / "mine.txt"
    path.write_bytes(b"Hello.\n")
    listed, uploaded, saved = run(
        "tests.examples.list_upload_download", files_server, tmp_path / "data", path
    )
    assert listed == "listed file-first first.txt"
    (sent,) = [file for file in files_server.files if file.id != "file-first"]
    assert uploaded == f"uploaded {sent.id}"
    assert Path(saved.removeprefix("saved ")).read_bytes() == path.read_bytes()
