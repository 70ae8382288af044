"""Filewharf as an installed program; its own modules are in the folder `app`.

In site-packages, names such as `ui` and `services` would collide with those of others. So they are
in a folder of their own, which is put on the path only in Filewharf's own processes.
"""

import sys
from pathlib import Path


def main() -> int:
    """Run the program as its command line says, and return the exit code."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "app"))
    from main import main as run

    return run()
