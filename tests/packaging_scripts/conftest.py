"""Loads the scripts of ``packaging/``, which is deliberately not a package."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "packaging"

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load fresh copies of scripts by name; they can import each other as usual."""
    for path in SCRIPTS.glob("*.py"):
        # Remove them again after the test.
        monkeypatch.setitem(sys.modules, path.stem, ModuleType(path.stem))
        monkeypatch.delitem(sys.modules, path.stem)

    def load_script(name: str) -> ModuleType:
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
        return sys.modules[name]

    monkeypatch.syspath_prepend(SCRIPTS)
    return load_script
