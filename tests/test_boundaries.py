"""Which modules may import which, and what no module may use, checked in the source code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source_code import ROOT, label, parsed, sources, walked

FORBIDDEN_IN_SERVICES = {"PySide6", "shiboken6", "ui", "main", "tests"}
FORBIDDEN_IN_UI = {
    "requests",
    "urllib3",
    "keyring",
    "sqlite3",
    "threading",
    "concurrent",
    "asyncio",
    "uvicorn",
    "starlette",
    "main",
    "tests",
}
HTTP_MODULES = {
    "requests",
    "truststore",
    "urllib3",
    "services.api.account_headers",
    "services.api.bounded_responses",
    "services.problems.broken_connections",
    "services.api.cancellable_adapter",
    "services.api.cancellable_connection",
    "services.api.connection",
    "services.api.exchange_recorder",
    "services.api.http_sessions",
    "services.api.interim_responses",
    "services.api.multipart_body",
    "services.api.proxies",
    "services.api.public_get",
    "services.api.redirects",
    "services.api.trust",
}
HTTP_LOADER = "services/api/http_parts.py"
"""The only place that loads them, on one thread at a time."""
ROOMS = (
    "system",
    "problems",
    "providers",
    "disk",
    "api",
    "sandbox",
    "accounts",
    "releases",
    "browse",
    "checks",
    "catalog",
    "jobs",
    "references",
    "cleanup",
    "previews",
    "transfers",
)
"""The rooms of `services/` from bottom to top; modules outside of rooms are above all."""
JOB_KINDS = {
    "services.transfers.upload_job",
    "services.transfers.download_job",
    "services.transfers.zip_job",
    "services.transfers.delete_job",
    "services.transfers.clean_up_job",
    "services.transfers.change_job",
}
JOBS_MODULE = "services.transfers.jobs"
"""In `services/transfers/`, only the module that reads jobs from the disk imports it."""
PDF_READER = "services/previews/documents/pdf_child.py"
"""The only place that loads pypdfium2, in a process of its own."""
FORBIDDEN_ANYWHERE = {
    "QThread",
    "QRunnable",
    "QThreadPool",
    "ThreadPoolExecutor",
    "processEvents",
    "QSortFilterProxyModel",
}


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level names of all modules that a file imports, in functions, too."""
    for node in walked(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or ".").partition(".")[0]


def loaded(tree: ast.AST) -> Iterator[str]:
    """The full names of all modules that a file imports at run time, not only for type checking."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in names(node.test):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


def room_of(module: str) -> int | None:
    """The level of a module in `services/`; None for others."""
    top, _dot, rest = module.partition(".")
    name = rest.partition(".")[0]
    if top != "services" or not name:
        return None
    return ROOMS.index(name) if name in ROOMS else len(ROOMS)


def upward_imports(module: str, tree: ast.AST) -> list[str]:
    """The imports from a higher room, including those for type checking."""
    here = room_of(module)
    modules = (
        name
        for node in walked(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [f"{node.module}.{alias.name}" for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    )
    return [name for name in modules if here is not None and (room_of(name) or 0) > here]


def is_http_module(module: str) -> bool:
    return not {module, module.partition(".")[0]}.isdisjoint(HTTP_MODULES)


def names(tree: ast.AST) -> Iterator[str]:
    """All names and attributes used, and all names imported."""
    for node in walked(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def thirty_two_bit_signals(tree: ast.AST) -> Iterator[int]:
    """The lines that define signals with an `int`, which would truncate byte counts to 32 bits."""
    for node in walked(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "Signal" and any(
            isinstance(part, ast.Name) and part.id == "int"
            for argument in node.args
            for part in ast.walk(argument)
        ):
            yield node.lineno


def dotted(path: Path) -> str:
    return label(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def forbidden_imports(folder: str, forbidden: set[str]) -> list[tuple[str, str]]:
    """The modules in a folder that import what they may not, each with what it imports."""
    return [
        (label(path), name)
        for path in sources(folder)
        for name in sorted(set(imported(parsed(path))) & forbidden)
    ]


def test_services_import_neither_qt_nor_the_window() -> None:
    assert forbidden_imports("services", FORBIDDEN_IN_SERVICES) == []


def test_rooms_import_only_rooms_below_them() -> None:
    assert [
        (label(path), name)
        for path in sources("services")
        for name in upward_imports(dotted(path), parsed(path))
    ] == []


def test_every_folder_in_services_is_a_room() -> None:
    folders = {path.parent.name for path in (ROOT / "services").glob("*/__init__.py")}
    assert folders == set(ROOMS)


def test_only_the_registry_of_providers_knows_their_rows() -> None:
    rows = {f"services.providers.{name}" for name in ("hosted", "official", "self_hosted")}
    assert {
        label(path)
        for path in [*sources("services", "ui"), ROOT / "main.py"]
        if rows & set(loaded(parsed(path)))
    } == {"services/providers/providers.py"}


def test_the_queue_does_not_import_kinds_of_jobs() -> None:
    queue = {dotted(path): set(loaded(parsed(path))) for path in sources("services/transfers")}
    assert {name for name, modules in queue.items() if modules & JOB_KINDS} == {JOBS_MODULE}
    readers = {name for name, modules in queue.items() if JOBS_MODULE in modules}
    assert readers == {"services.transfers.journal"}


def test_the_window_imports_neither_network_nor_database_nor_threads() -> None:
    assert forbidden_imports("ui", FORBIDDEN_IN_UI) == []


def test_the_command_line_imports_no_qt_and_no_window() -> None:
    assert [
        (label(path), module)
        for path in sources("ui/terminal")
        for module in loaded(parsed(path))
        if module.partition(".")[0] == "PySide6"
        or (module.startswith("ui.") and not module.startswith("ui.terminal"))
    ] == []


def test_what_froze_or_crashed_the_window_is_not_used() -> None:
    assert [
        (label(path), name)
        for path in sources("services", "ui")
        for name in sorted(set(names(parsed(path))) & FORBIDDEN_ANYWHERE)
    ] == []


def test_no_signal_has_only_32_bits() -> None:
    assert [
        (label(path), line)
        for path in sources("services", "ui")
        for line in thirty_two_bit_signals(parsed(path))
    ] == []


def test_http_modules_are_loaded_in_one_place() -> None:
    assert [
        (label(path), module)
        for path in [*sources("services", "ui"), ROOT / "main.py"]
        if label(path) != HTTP_LOADER and dotted(path) not in HTTP_MODULES
        for module in loaded(parsed(path))
        if is_http_module(module)
    ] == []


def test_pdfs_are_read_in_a_process_of_their_own() -> None:
    paths = [*sources("services", "ui"), ROOT / "main.py"]
    readers = [path for path in paths if "pypdfium2" in set(imported(parsed(path)))]
    assert [*map(label, readers)] == [PDF_READER]
    reader = dotted(ROOT / PDF_READER)
    assert [label(path) for path in paths if reader in set(loaded(parsed(path)))] == []


def test_resources_contain_no_code() -> None:
    assert [label(path) for path in sources("resources")] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import requests.adapters", {"requests"}),
        ("def f():\n    from PySide6.QtCore import QObject", {"PySide6"}),
        ("try:\n    import sqlite3 as db\nexcept ImportError: pass", {"sqlite3"}),
    ],
)
def test_imports_are_found_anywhere(source: str, found: set[str]) -> None:
    assert set(imported(ast.parse(source))) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import requests.adapters", True),
        ("def f():\n    from urllib3.fields import RequestField", True),
        ("from services.api import connection", True),
        ("from services.api.connection import Connection", True),
        ("if TYPE_CHECKING:\n    import requests", False),
        ("if TYPE_CHECKING:\n    import ssl\nelse:\n    import requests", True),
        ("from services.api.http_parts import http_parts", False),
    ],
)
def test_loading_is_distinguished_from_type_checking(source: str, found: bool) -> None:
    assert any(map(is_http_module, loaded(ast.parse(source)))) is found


@pytest.mark.parametrize(
    "source",
    [
        "app.processEvents()",
        "from PySide6.QtCore import QThread",
        "class A(QtCore.QRunnable): pass",
    ],
)
def test_names_are_found_anywhere(source: str) -> None:
    assert set(names(ast.parse(source))) & FORBIDDEN_ANYWHERE


def test_signals_with_an_int_are_found() -> None:
    source = "a = Signal(object)\nb = Signal(str, int)\nc = QtCore.Signal([int])\nd = Signal()"
    assert list(thirty_two_bit_signals(ast.parse(source))) == [2, 3]


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("services.api.retry", "from services.transfers import attempts", True),
        ("services.api.retry", "def f():\n    import services.session", True),
        ("services.system.paths", "if TYPE_CHECKING:\n    from services.disk import x", True),
        ("services.transfers.journal", "from services.api.retry import NO_RETRIES", False),
        ("services.session", "from services.transfers.journal import Journal", False),
        ("services.api.retry", "from services.problems.errors import FilesError", False),
    ],
)
def test_upward_imports_are_found(module: str, source: str, found: bool) -> None:
    assert bool(upward_imports(module, ast.parse(source))) is found
