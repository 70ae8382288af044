"""The log never contains a key, whoever writes to it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import echoes_of, readable_parts
from tests.support.server_faults import Answer, Delivery

ROOT = Path(__file__).resolve().parent.parent.parent.parent

PROGRAM = """
import logging, sys, threading
from pathlib import Path

from services.problems.errors import FilesError
from services.api.files_api import FilesApi
from services.system.cancellation import CancelToken
from services.api.redaction import without_secrets
from services.system.logs import start_logging
from tests.support.key_echoes import echoes_of
from tests.support.factories import account

address, key, folder = sys.argv[1:]
start_logging(Path(folder), without_secrets, verbose=True)
api = FilesApi(account(base_url=address), key, random=lambda: 0.0)
for _time in range(2):
    try:
        api.list_page(CancelToken())
    except FilesError:
        logging.getLogger("filewharf").info("asked in vain")
for form in echoes_of(key).values():
    logging.getLogger("filewharf").info("The server said %s", form)
    try:
        raise ValueError(form)
    except ValueError:
        logging.getLogger("filewharf").exception("Not caught")

def fail():
    raise KeyError(key)

thread = threading.Thread(target=fail)
thread.start()
thread.join()
raise OSError(key)
"""


MANY_LONG_RECORDS = """
import logging, sys
from pathlib import Path

from services.system.logs import start_logging

start_logging(Path(sys.argv[1]), str, verbose=False)
for number in range(15):
    logging.getLogger("filewharf").info("%s %s", number, "x" * 2_000_000)
"""


def test_logs_are_rotated(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", MANY_LONG_RECORDS, str(tmp_path)], cwd=ROOT, check=True, timeout=60
    )
    names = ["filewharf.log", *(f"filewharf.log.{age}" for age in range(1, 5))]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    numbers = [
        [line.split()[5] for line in (tmp_path / name).read_text().splitlines()] for name in names
    ]
    assert numbers == [["14"], ["12", "13"], ["10", "11"], ["8", "9"], ["6", "7"]]
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in names} == {0o600}


@pytest.mark.slow
def test_neither_the_file_nor_the_terminal_shows_a_key(
    files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    malformed = Answer(200, (("X-Fine", f"yes\r\nKEY {TEST_KEY}\r\nX-Key: {TEST_KEY}"),), b"odd")
    files_server.next(*[Delivery(answer=malformed, drop=True)] * 2)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, files_server.base_url, TEST_KEY, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    logged = (tmp_path / "filewharf.log").read_text()
    assert logged.count("asked in vain") == 2
    assert logged.count("The server said") == len(echoes_of(TEST_KEY))
    assert "KeyError" in logged
    assert "OSError" in logged
    assert "urllib3" not in logged
    assert readable_parts(TEST_KEY, logged + done.stdout + done.stderr) == []
