import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import many_files

ROOT = Path(__file__).resolve().parent.parent.parent.parent

FIRST_REQUESTS = """
import sys
import threading
from pathlib import Path

import services.engine
import ui.main_window
from services.api.files_api import FilesApi
from services.system.cancellation import CancelToken
from tests.support.factories import account, upload_request

print([name for name in ("requests", "urllib3") if name in sys.modules])
loading = set()

class Watcher:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("requests", "urllib3")):
            loading.add(threading.current_thread().name)

sys.meta_path.insert(0, Watcher())
sys.setswitchinterval(1e-6)
address, key, file = sys.argv[1:]
together = threading.Barrier(8)
done = []

def ask(number):
    api, token = FilesApi(account(base_url=address), key), CancelToken()
    together.wait()
    if number % 2:
        done.append(api.list_page(token))
    else:
        done.append(api.upload(upload_request(Path(file), purpose="user_data"), token))

threads = [threading.Thread(target=ask, args=[number]) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(done), "answers,", len(loading), "thread")
"""


@pytest.mark.slow
def test_concurrent_first_requests_import_the_http_code_only_once(
    files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    files_server.add(*many_files(3))
    file = tmp_path / "a.txt"
    file.write_text("a")
    answer = subprocess.run(
        [sys.executable, "-c", FIRST_REQUESTS, files_server.base_url, TEST_KEY, file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stderr == ""
    assert answer.stdout.splitlines() == ["[]", "8 answers, 1 thread"]
