"""Which modules keep the promises of the README, and which tests are to notice a slip in them."""

from pathlib import Path

_TRANSFERS = ("tests/services/transfers", "tests/services/faults", "tests/promise")
_API = ("tests/services/api", "tests/services/faults")
_CATALOG = ("tests/services/catalog", "tests/services/transfers")
_LIST = ("tests/ui/files",)

_JUDGES: dict[str, tuple[str, ...]] = {
    "services/transfers/*.py": _TRANSFERS,
    "services/api/*.py": _API,
    "services/catalog/*.py": _CATALOG,
    "services/settings.py": ("tests/services/test_settings.py",),
    "services/databases.py": ("tests/services",),
    "services/listings.py": ("tests/services",),
    "ui/files/file_*.py": _LIST,
    "ui/files/sorted_rows.py": _LIST,
    "ui/files/picked_rows.py": _LIST,
    "ui/files/row_change.py": _LIST,
}
_NO_PROMISE = frozenset(
    {"__init__.py", "file_table.py", "file_export.py", "speed.py", "ledger_thread.py"}
)
"""Looks, speed and threads: a slip there is told by other means."""


def promise_keepers(root: Path) -> dict[str, list[str]]:
    """By module, as a path below `root`: the tests that are to notice, the likeliest first."""
    keepers: dict[str, list[str]] = {}
    for pattern, folders in _JUDGES.items():
        for path in sorted(root.glob(pattern)):
            if path.name not in _NO_PROMISE:
                module = path.relative_to(root).as_posix()
                keepers.setdefault(module, _judges(root, path.stem, folders))
    return keepers


def _judges(root: Path, module: str, folders: tuple[str, ...]) -> list[str]:
    there = [folder for folder in folders if (root / folder).exists()]
    own = [
        path.relative_to(root).as_posix()
        for folder in there
        if (root / folder).is_dir()
        for path in sorted((root / folder).glob(f"test_{module}*.py"))
    ]
    return [*own, *there]
