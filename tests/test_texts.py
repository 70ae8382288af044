"""Every text that users read can be translated and follows their locale, checked in the source code."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source_code import ROOT, label, parsed, sources

LOOKUPS = {"_", "ngettext", "pgettext"}
WRAPPED = LOOKUPS | {"N_"}

FOR_PROGRAMS = {
    "parse",
    "execute",
    "executemany",
    "executescript",
    "fullmatch",
    "match",
    "compile",
    "cast",
    "TypeVar",
}
"""Calls whose texts no user reads."""
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGER_NAMES = {"_log", "log", "logger", "logging", "_logger"}

NOT_TRANSLATED = {
    # file, the whole text as a regular expression: why
    ("ui/reporting/facts_of_qt.py", r".*"): "for the developers, whatever the language",
    ("services/accounts/bug_report.py", r".*"): "for the developers, whatever the language",
    ("services/releases/licenses.py", r"(?s:.*)"): "names and legal notices",
    ("ui/about/about_dialog.py", r"Python|Qt.*|System|Platform|Filewharf|, PySide "): "for the developers",
    ("ui/exchanges/curl_command.py", r".*"): "a program, to be pasted somewhere",
    ("ui/files/snippets.py", r".*"): "programs, to be pasted somewhere",
    ("ui/terminal/completion.py", r".*"): "scripts for shells",
    ("ui/style_sheet.py", r"(?s).*"): "a style sheet",
    ("ui/accounts/account_list.py", r"QListView \{.*"): "a style sheet",
    ("ui/icons.py", r"[a-z0-9 ]+"): "file extensions",
    ("ui/.*", r"(Ctrl|Alt|Shift)\+.*|Space|Del|Return"): "keys, which Qt translates",
    ("ui/.*|main.py", r"( — )?Filewharf ?"): "the name of the program",
    ("ui/self_test.py", r"Qt| on "): "names and versions",
    ("ui/search/completions.py", r" x"): "the start of another term, never shown",
    ("ui/uploads/drop_overlay.py", r"match each file"): "the identity of a tile",
    ("ui/theme.py", r"Fusion"): "the name of a style",
    ("ui/(show_in_folder|transfers/launcher_progress).py", r"ShowItems|Update"): "D-Bus",
    ("services/api/.*", r"multipart/form-data; boundary=|Bearer "): "headers",
    ("services/api/desktop_proxies.py", r"Proxy Settings"): "a section of a file",
    ("services/accounts/settings.py", r"keep both"): "a stored value",
    ("services/(api/newest_files|catalog/.*).py", r"[a-z]+ [a-z]+"): "the names of threads",
    ("services/(catalog|references|transfers)/.*", r"(?s)\s*\(?(CREATE|DELETE|UPDATE|INSERT|SELECT|PRAGMA) .*"): "SQL",
    ("services/catalog/upload_store.py", r"path, size, .*| FROM uploads.*|deleted = 0 .*"): "SQL",
    ("services/problems/.*", r"[Tt]unnel .*|storage quota|no such file|unable to find.*|insufficient .*|missing .*")
    : "what servers say, to be recognized",
    ("services/problems/error_responses.py", r"not allowed to download|downloading of fine-tune")
    : "what servers say, to be recognized",
    ("services/accounts/key_store.py", r"Secret Service|Windows Credential Manager"): "names",
    ("services/providers/(official|hosted|self_hosted).py", r"[A-Z]\w* .*[^.]|createTime desc")
    : "names",
    ("services/checks/pointer.py", r"Git LFS|git .*"): "a name, and commands",
    ("services/checks/pasted.py", r"Clipboard .*|%Y-.*"): "file names, by which old ones are found",
    ("services/system/child_process.py", r"import sys; from services.*"): "a program",
    ("services/system/logs.py", r"%\(asctime\)s .*|Unhandled exception"): "the log",
    ("services/system/sizes.py", r" kmgt"): "letters of units",
    ("services/problems/errors.py", r"HTTP "): "a name",
    ("services/sandbox/command_line.py", r"filewharf sandbox|export .*"): "commands",
    ("ui/terminal/examples.py", r"(make-requests \| |source <\()?filewharf .*"): "commands",
    ("services/self_test.py", r".*"): "names and versions",
    ("services/(api/.*|transfers/received_content.py)", r"[a-z `][A-Za-z`', -]+"): "details for a report, not translated",
    ("ui/loading_ahead.py", r"PySide6\.\w+"): "a module",
}  # fmt: skip

NUMBERS = {"number", "count", "line", "most"}
"""The names of numbers in texts."""

NOT_LOCALIZED = {
    "services/api/bounded_reading.py": "details for a report",
    "services/api/bounded_responses.py": "details for a report",
    "services/catalog/exported_file.py": "an exported file",
    "services/checks/pasted.py": "a file name",
    "services/system/databases.py": "a file name",
    "services/system/locale_format.py": "the one place that formats numbers",
    "services/system/sizes.py": "a format that is parsed again",
    "services/transfers/zip_archive.py": "a file name",
    "ui/save_dialogs.py": "a file name",
}


ALL = [ROOT / "main.py", *sources("services", "ui")]
READ = [
    path
    for path in ALL
    # The sandbox responds in English, as the real service does.
    if "sandbox" not in path.relative_to(ROOT).parts or path.stem in ("command_line", "server")
]


def name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def looked_up_too_early(node: ast.AST) -> Iterator[int]:
    """The lines that look up a text while the module is loaded."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        early: list[ast.AST] = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        if not isinstance(node, ast.Lambda):
            early += node.decorator_list
        for part in early:
            yield from looked_up_too_early(part)
        return
    if isinstance(node, ast.Call) and name_of(node.func) in LOOKUPS:
        yield node.lineno
    for part in ast.iter_child_nodes(node):
        yield from looked_up_too_early(part)


def lookups_in_cached_functions(tree: ast.AST) -> Iterator[int]:
    """The lines that look up a text in a function with cached results."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_is_cache, node.decorator_list)):
            for part in ast.walk(node):
                if isinstance(part, ast.Call) and name_of(part.func) in LOOKUPS:
                    yield part.lineno


def _is_cache(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return name_of(called) in ("cache", "lru_cache", "cached_property")


def untranslatable(tree: ast.AST, *, capitals: bool) -> Iterator[tuple[int, str]]:
    """The texts that look like texts for users but can't be translated.

    Such a text consists of several words or, with `capitals`, of one word with a capital letter.
    """
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and _looks_like_text(node.value, capitals=capitals):
                yield node.lineno, node.value
        elif not _for_programs(node):
            waiting += _relevant_parts(node)


def _looks_like_text(text: str, *, capitals: bool) -> bool:
    words = re.search(r"[^\W\d_]\S* +\S|\S +\S*[^\W\d_]{2}|^ ?[A-Za-z]+ $|^ [a-z]+\b", text)
    return bool(words or (capitals and re.match(r"[A-Z][a-z]", text)))


def _for_programs(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    if isinstance(node, ast.Assign) and [*map(name_of, node.targets)] == ["__all__"]:
        return True
    if isinstance(node, ast.Raise):
        return _is_error(node.exc)
    if not isinstance(node, ast.Call):
        return False
    name = name_of(node.func)
    if name in LOG_METHODS:
        return isinstance(node.func, ast.Attribute) and name_of(node.func.value) in LOGGER_NAMES
    return name in WRAPPED or name in FOR_PROGRAMS or _is_error(node)


def _is_error(node: ast.expr | None) -> bool:
    """Whether it is a Python exception or similar, whose message is only for reports."""
    name = name_of(node.func) if isinstance(node, ast.Call) else ""
    return name.endswith(("Error", "Exception")) and name not in ("FilesError", "ArgumentTypeError")


def _relevant_parts(node: ast.AST) -> list[ast.AST]:
    """The parts of a node that may contain texts: not annotations or the values of enums."""
    parts = [
        part
        for field, value in ast.iter_fields(node)
        if field not in ("annotation", "returns")
        for part in (value if isinstance(value, list) else [value])
        if isinstance(part, ast.AST)
    ]
    if isinstance(node, ast.ClassDef) and {"Enum", "StrEnum"} & set(map(name_of, node.bases)):
        parts = [part for part in parts if not isinstance(part, ast.Assign)]
    return parts


def excused(path: str, text: str) -> list[tuple[str, str]]:
    return [
        (where, what)
        for where, what in NOT_TRANSLATED
        if re.fullmatch(where, path) and re.fullmatch(what, text)
    ]


def not_localized(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Numbers and times that aren't formatted for the user's locale."""
    formatters = {"whole", "decimal", "count_in_words", "format_size"}
    formatted = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _calls(node.value, formatters)
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            form = ast.unparse(node.format_spec)
            if re.search(r",|\.[^'\"]*f|%", form):
                yield node.lineno, ast.unparse(node)
        if not isinstance(node, ast.Call):
            continue
        if name_of(node.func) == "strftime":
            yield node.lineno, ast.unparse(node)
        if name_of(node.func) == "format":
            for given in node.keywords:
                known = isinstance(given.value, ast.Name) and given.value.id in formatted
                if given.arg in NUMBERS and not known and not _calls(given.value, formatters):
                    yield node.lineno, ast.unparse(given)


def _calls(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) in names


def not_wrapped(path: Path) -> list[tuple[int, str]]:
    in_window = label(path).startswith("ui/") or path.name == "main.py"
    tree = parsed(path)
    return [*untranslatable(tree, capitals=in_window)]


@pytest.mark.slow
def test_no_text_is_looked_up_while_a_module_loads() -> None:
    assert [
        f"{label(path)}:{line}" for path in ALL for line in looked_up_too_early(parsed(path))
    ] == []


@pytest.mark.slow
def test_no_cached_function_looks_up_texts() -> None:
    assert [
        f"{label(path)}:{line}"
        for path in ALL
        for line in lookups_in_cached_functions(parsed(path))
    ] == []


@pytest.mark.slow
def test_importing_every_module_looks_up_no_text() -> None:
    script = """
import importlib, sys, traceback
from services.system import language

class Early(language.Translations):
    def gettext(self, text):
        traceback.print_stack()
        sys.exit(f"looked up too early: {text}")
    def ngettext(self, one, several, count):
        self.gettext(one)
    def pgettext(self, context, text):
        self.gettext(text)

language.use_translations(Early())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""
    modules = [label(path).removesuffix(".py").replace("/", ".") for path in ALL]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, *(m.removesuffix(".__init__") for m in modules)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.slow
def test_every_text_for_users_is_translatable() -> None:
    assert [
        f"{label(path)}:{line}: {text}"
        for path in READ
        for line, text in not_wrapped(path)
        if not excused(label(path), text)
    ] == []


@pytest.mark.slow
def test_numbers_and_times_follow_the_locale() -> None:
    found = {label(path): list(not_localized(parsed(path))) for path in READ}
    assert {
        path: lines for path, lines in found.items() if lines and path not in NOT_LOCALIZED
    } == {}
    assert [path for path in NOT_LOCALIZED if not found.get(path)] == []


@pytest.mark.slow
def test_every_exception_is_still_needed() -> None:
    used = {
        one
        for path in READ
        for _line, text in not_wrapped(path)
        for one in excused(label(path), text)
    }
    assert set(NOT_TRANSLATED) - used == set()


@pytest.mark.parametrize(
    ("source", "early"),
    [
        ('A = _("Size")', True),
        ('A = {1: [_("Size")]}', True),
        ('class A:\n    a: str = _("Size")', True),
        ('class A(Enum):\n    a = pgettext("column", "Size")', True),
        ('def f(a=ngettext("{n} file", "{n} files", 1)): pass', True),
        ('def f(*, a=_("Size")): pass', True),
        ('@named(_("Size"))\ndef f(): pass', True),
        ('A = lambda text=_("Size"): text', True),
        ('A = lambda: _("Size")', False),
        ('def f():\n    return _("Size")', False),
        ('class A:\n    def f(self):\n        return _("Size")', False),
        ('A = N_("Size")', False),
    ],
)
def test_early_lookups_are_found(source: str, early: bool) -> None:
    assert bool(list(looked_up_too_early(ast.parse(source)))) is early


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('QLabel("Size")', True),
        ('QLabel(_("Size"))', False),
        ('button.setText("Try again")', True),
        ('button.setText("try again")', True),
        ('button.setToolTip(f"{count} files")', True),
        ('button.setText(f"Deleting {name}")', True),
        ('box.addItem(text="Off")', True),
        ('A = {1: "Keep both"}', True),
        ('A = {1: N_("Keep both")}', False),
        ('def f() -> str:\n    return "No files here" if a else ""', True),
        ('Problem(kind, "Not found", _("Refresh the list."))', True),
        ('Problem(kind, title=_("Not found"), advice="Refresh the list.")', True),
        ('raise FilesError(Problem(kind, "Not found", ""))', True),
        ('raise ArgumentTypeError("not a port")', True),
        ('parser.add_argument("--key", help="the key to ask for")', True),
        ('_log.warning("Upload not recorded: %s", error)', False),
        ('report.warning("rule", "The key is old.")', True),
        ('raise ValueError("not a size")', False),
        ('def f() -> "Thing":\n    """Say a thing."""', False),
        ('class A(Enum):\n    KEEP = "keep both"', False),
        ('button.setObjectName("primary")', False),
    ],
)
def test_texts_are_found_anywhere(source: str, found: bool) -> None:
    assert bool(list(untranslatable(ast.parse(source), capitals=True))) is found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('f"{size:,} bytes"', True),
        ('f"{share:.1f}"', True),
        ('f"{share:.{digits}f}"', True),
        ('f"{share:.0%}"', True),
        ('f"{moment:%H:%M}"', True),
        ('moment.strftime("%H:%M")', True),
        ('_("{number} files").format(number=len(files))', True),
        ('_("{number} files").format(number=number)', True),
        ('_("{number} files").format(number=whole(len(files)))', False),
        ('number = whole(3)\n_("{number} files").format(number=number)', False),
        ('f"{name}: {place:03}"', False),
    ],
)
def test_unlocalized_numbers_are_found(source: str, found: bool) -> None:
    assert bool(list(not_localized(ast.parse(source)))) is found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('@cache\ndef f():\n    return _("Size")', True),
        ('@functools.lru_cache(8)\ndef f(a):\n    return [ngettext("a", "b", a)]', True),
        ('class A:\n    @cached_property\n    def f(self):\n        return _("Size")', True),
        ("@cache\ndef f(text):\n    return text.upper()", False),
        ('@property\ndef f(self):\n    return _("Size")', False),
    ],
)
def test_lookups_in_cached_functions_are_found(source: str, found: bool) -> None:
    assert bool(list(lookups_in_cached_functions(ast.parse(source)))) is found
