import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent

PROGRAM = """
import resource
import main

_soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
try:
    main.main({argument!r}.split())
except SystemExit:
    pass
print(resource.getrlimit(resource.RLIMIT_CORE) == (0, hard))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("argument", ["--version", "sandbox --help"])
def test_every_command_disables_core_dumps(argument: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(argument=argument)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["True"], done.stderr
