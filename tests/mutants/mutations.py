"""The possible mutations of a module: each is one small change to its source."""

import ast
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_OTHER_COMPARISON: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
}
_HARMLESS = frozenset(
    {
        "debug",
        "info",
        "warning",
        "error",
        "exception",
        "yield_to_window",
        "lower_priority",
        "setsockopt",
        "share_texts",
        "_wait_until_handled",
        "search_texts",
    }
)
"""Calls that only log, yield the CPU, tune a connection, save memory or work ahead.

Without them, no promise breaks."""
_SPEED_BOUNDS = frozenset(
    {
        "SEARCH",
        "_FEW",
        "_FEWER",
        "_FEW_LEFT",
        "_MANY",
        "_MANY_RANGES",
        "_MUCH",
        "_FEW_MATCH",
    }
)
"""Bounds that only choose the faster of two equivalent algorithms, so their exact value is irrelevant."""
_LOOPS = (ast.For, ast.While)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change to a module."""

    line: int
    """The line number, starting with 1."""
    what: str
    """A description of the change, with the code before and after."""
    source: str
    """The source of the module with the mutation."""


def mutations_in(source: str) -> list[Mutation]:
    """All possible mutations of a module, in line order."""
    tree = ast.parse(source)
    found: list[Mutation] = []
    repeated = {id(part) for node in ast.walk(tree) for part in _repeated_blocks(node)}
    for node in ast.walk(tree):
        for what, start, end, text in _changes_of(node, source, is_repeated=id(node) in repeated):
            changed = _replaced(source, start, end, text)
            found.append(Mutation(start[0], what, changed))
    return sorted(found, key=lambda slip: (slip.line, slip.what))


_Place = tuple[int, int]
_Change = tuple[str, _Place, _Place, str]


def _repeated_blocks(node: ast.AST) -> Iterator[ast.AST]:
    """A loop, and what it does its steps in."""
    if isinstance(node, _LOOPS):
        yield node
        yield from (part for part in node.body if isinstance(part, ast.Try))


def _changes_of(node: ast.AST, source: str, *, is_repeated: bool) -> Iterator[_Change]:
    for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(body, list) and not isinstance(node, ast.Module | ast.ClassDef):
            if is_repeated:
                # Where a loop checks for cancellation only affects how soon it stops.
                body = [statement for statement in body if not _checks_token(statement)]
            yield from _changed_statements(body, source, are_steps=isinstance(node, _LOOPS))
    changed: ast.expr | None = None
    match node:
        case ast.Compare(ops=[op]) if type(op) in _OTHER_COMPARISON and not (
            _uses_real_clock(node) or _uses_speed_bound(node)
        ):
            other = _OTHER_COMPARISON[type(op)]
            changed = ast.Compare(node.left, [other], node.comparators)
        case ast.BoolOp(op=ast.And()):
            changed = ast.BoolOp(ast.Or(), node.values)
        case ast.BoolOp(op=ast.Or()):
            changed = ast.BoolOp(ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            changed = node.operand
        case ast.BinOp(op=ast.Add()) if not _is_text(node):
            changed = ast.BinOp(node.left, ast.Sub(), node.right)
        case ast.BinOp(op=ast.Sub()):
            changed = ast.BinOp(node.left, ast.Add(), node.right)
        case ast.BinOp(op=ast.BitOr()) if _is_flag(node.right):
            changed = node.left
        case ast.Call(args=[first, _]) if _name_of(node) in {"max", "min"}:
            changed = first
    if changed is not None and isinstance(node, ast.expr):
        after = f"({ast.unparse(changed)})"
        yield (_description(ast.unparse(node), after), *_span(node), after)


def _changed_statements(
    body: Sequence[ast.stmt], source: str, *, are_steps: bool
) -> Iterator[_Change]:
    for statement in body:
        if _is_removable(statement):
            yield (_description(_code(statement), "removed"), *_span(statement), "pass")
    for one, next_one in itertools.pairwise(body):
        if are_steps and _ends_step(next_one):
            continue
        if _is_effect(one) and _is_effect(next_one) and ast.Expr in (type(one), type(next_one)):
            indent = " " * one.col_offset
            swapped = f"{_segment(next_one, source)}\n{indent}{_segment(one, source)}"
            words = _description(_code(one), f"after {_code(next_one)}")
            yield (words, _span(one)[0], _span(next_one)[1], swapped)


def _is_removable(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call) and _name_of(statement.value) not in _HARMLESS
    if isinstance(statement, ast.Assign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
    if isinstance(statement, ast.Raise):
        return not _is_unreachable(statement)
    return isinstance(statement, ast.Delete)


def _checks_token(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement).endswith("token.check()")


def _is_unreachable(statement: ast.Raise) -> bool:
    """Whether it only marks a line as unreachable for readers and type checkers."""
    raised = statement.exc
    return isinstance(raised, ast.Call) and _name_of(raised) == "AssertionError"


def _is_effect(statement: ast.stmt) -> bool:
    """Whether the statement has an effect whose order may matter."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Yield) and (
            not isinstance(statement.value, ast.Call) or _name_of(statement.value) not in _HARMLESS
        )
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute)


def _ends_step(statement: ast.stmt) -> bool:
    """Whether it is a bare `yield`, which lets others work before the loop's next step.

    It makes no difference whether something happens just before it or just after it.
    """
    return isinstance(statement, ast.Expr) and (
        isinstance(statement.value, ast.Yield) and statement.value.value is None
    )


def _is_flag(node: ast.expr) -> bool:
    """Whether it is a flag such as `os.O_EXCL`, rather than a type.

    A flag that is 0 on this system, such as `getattr(os, "O_BINARY", 0)` on most, has no effect.
    """
    match node:
        case ast.Call(
            func=ast.Name("getattr"),
            args=[ast.Name("os"), ast.Constant(str(name)), ast.Constant(0)],
        ):
            return bool(getattr(os, name, 0))
    return isinstance(node, ast.Attribute | ast.Call)


def _uses_real_clock(node: ast.Compare) -> bool:
    """Whether it compares with the real clock, which never hits a bound exactly.

    Injected clocks can.
    """
    return isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE) and any(
        ast.unparse(side) in ("time.monotonic()", "time.time()")
        for side in (node.left, *node.comparators)
    )


def _uses_speed_bound(node: ast.Compare) -> bool:
    """Whether it compares with a bound that only matters for speed."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE) and bool(
        names & _SPEED_BOUNDS
    )


def _is_text(node: ast.BinOp) -> bool:
    """Whether it concatenates strings or lists, where a subtraction would only crash."""
    parts = (ast.List, ast.Tuple, ast.JoinedStr, ast.ListComp)
    return any(
        isinstance(side, parts)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in (node.left, node.right)
    )


def _name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _description(before: str, after: str) -> str:
    return f"{_short(before)}  →  {_short(after)}"


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) <= 70 else line[:69] + "…"


_code: Callable[[ast.AST], str] = ast.unparse


def _segment(statement: ast.stmt, source: str) -> str:
    return ast.get_source_segment(source, statement) or ""


def _span(node: ast.expr | ast.stmt) -> tuple[_Place, _Place]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _replaced(source: str, start: _Place, end: _Place, text: str) -> str:
    """Replace a span; columns are UTF-8 byte offsets, as in `ast`."""
    lines = source.encode().splitlines(keepends=True)
    before = b"".join(lines[: start[0] - 1]) + lines[start[0] - 1][: start[1]]
    after = lines[end[0] - 1][end[1] :] + b"".join(lines[end[0] :])
    return (before + text.encode() + after).decode()
