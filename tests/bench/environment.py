"""The environment of the programs that are measured."""

import os

from tests.bench.report import ROOT


def as_installed() -> dict[str, str]:
    """This environment, but with bytecode cached as in an installed program."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return ours | {"PYTHONPYCACHEPREFIX": str(ROOT / "build" / "compiled")}
