"""The program's source code, for tests that check it; each file is parsed once in a run."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def sources(*folders: str) -> list[Path]:
    """The modules in folders of the project and their subfolders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def parsed(path: Path) -> ast.AST:
    """The syntax tree of a module; don't change it."""
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def walked(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All nodes of a syntax tree, as `ast.walk` finds them."""
    return tuple(ast.walk(tree))


def label(path: Path) -> str:
    """A path relative to the project, with slashes."""
    return path.relative_to(ROOT).as_posix()
