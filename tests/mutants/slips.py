"""The slips that can be made in a module: each is one small change of its source."""

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
"""Calls that only log, yield the processor, tune a connection, save memory or work ahead.

No promise breaks without them."""
_QUICKER_WAY = frozenset(
    {
        "SEARCH",
        "_FEW",
        "_FEWER",
        "_FEW_LEFT",
        "_MANY",
        "_MANY_RANGES",
        "_MUCH",
        "_SORTED_QUICKER",
    }
)
"""Bounds that only tell which of two ways to the same result is quicker; edges there tell nothing."""
_LOOPS = (ast.For, ast.While)


@dataclass(frozen=True, slots=True)
class Slip:
    """One change of a module."""

    line: int
    """Counted from 1."""
    what: str
    """The change in words, with the code before and after."""
    source: str
    """The whole module with the slip in it."""


def slips_in(source: str) -> list[Slip]:
    """Every slip that can be made in a module, in the order of its lines."""
    tree = ast.parse(source)
    found: list[Slip] = []
    for node in ast.walk(tree):
        for what, start, end, text in _changes_of(node, source):
            changed = _replaced(source, start, end, text)
            found.append(Slip(start[0], what, changed))
    return sorted(found, key=lambda slip: (slip.line, slip.what))


_Place = tuple[int, int]
_Change = tuple[str, _Place, _Place, str]


def _changes_of(node: ast.AST, source: str) -> Iterator[_Change]:
    for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(body, list) and not isinstance(node, ast.Module | ast.ClassDef):
            if isinstance(node, _LOOPS):
                # Where a loop looks whether it is cancelled says only how soon that is seen.
                body = [statement for statement in body if not _looks_at_token(statement)]
            yield from _changed_statements(body, source, are_steps=isinstance(node, _LOOPS))
    changed: ast.expr | None = None
    match node:
        case ast.Compare(ops=[op]) if type(op) in _OTHER_COMPARISON and not (
            _is_of_real_clock(node) or _is_of_quicker_way(node)
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
        yield (_words(ast.unparse(node), after), *_span(node), after)


def _changed_statements(
    body: Sequence[ast.stmt], source: str, *, are_steps: bool
) -> Iterator[_Change]:
    for statement in body:
        if _can_be_left_out(statement):
            yield (_words(_code(statement), "left out"), *_span(statement), "pass")
    for one, next_one in itertools.pairwise(body):
        if are_steps and _ends_step(next_one):
            continue
        if _is_effect(one) and _is_effect(next_one) and ast.Expr in (type(one), type(next_one)):
            indent = " " * one.col_offset
            swapped = f"{_segment(next_one, source)}\n{indent}{_segment(one, source)}"
            words = _words(_code(one), f"after {_code(next_one)}")
            yield (words, _span(one)[0], _span(next_one)[1], swapped)


def _can_be_left_out(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call) and _name_of(statement.value) not in _HARMLESS
    if isinstance(statement, ast.Assign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
    if isinstance(statement, ast.Raise):
        return not _says_never(statement)
    return isinstance(statement, ast.Delete)


def _looks_at_token(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement).endswith("token.check()")


def _says_never(statement: ast.Raise) -> bool:
    """Whether it only says, to readers and type checkers, that this line is never reached."""
    raised = statement.exc
    return isinstance(raised, ast.Call) and _name_of(raised) == "AssertionError"


def _is_effect(statement: ast.stmt) -> bool:
    """Whether the statement does something whose place before or after others may matter."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Yield) and (
            not isinstance(statement.value, ast.Call) or _name_of(statement.value) not in _HARMLESS
        )
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute)


def _ends_step(statement: ast.stmt) -> bool:
    """Whether it is a bare `yield`, which in a loop lets others work before the next step.

    What is done just before or just after it is done all the same.
    """
    return isinstance(statement, ast.Expr) and (
        isinstance(statement.value, ast.Yield) and statement.value.value is None
    )


def _is_flag(node: ast.expr) -> bool:
    """Whether it is a flag such as `os.O_EXCL`, and no type.

    One that is 0 on this system, as `getattr(os, "O_BINARY", 0)` is on most, changes nothing here.
    """
    match node:
        case ast.Call(
            func=ast.Name("getattr"),
            args=[ast.Name("os"), ast.Constant(str(name)), ast.Constant(0)],
        ):
            return bool(getattr(os, name, 0))
    return isinstance(node, ast.Attribute | ast.Call)


def _is_of_real_clock(node: ast.Compare) -> bool:
    """Whether it compares with a clock that never stands still, so that no edge is ever met.

    Clocks that are handed in can be made to stand at an edge, and stay.
    """
    return isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE) and any(
        ast.unparse(side) in ("time.monotonic()", "time.time()")
        for side in (node.left, *node.comparators)
    )


def _is_of_quicker_way(node: ast.Compare) -> bool:
    """Whether it compares with a bound beyond which another way only is quicker."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE) and bool(
        names & _QUICKER_WAY
    )


def _is_text(node: ast.BinOp) -> bool:
    """Whether something is put together that subtraction would only crash on."""
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


def _words(before: str, after: str) -> str:
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
    """Replace a span; columns count bytes of UTF-8, as `ast` gives them."""
    lines = source.encode().splitlines(keepends=True)
    before = b"".join(lines[: start[0] - 1]) + lines[start[0] - 1][: start[1]]
    after = lines[end[0] - 1][end[1] :] + b"".join(lines[end[0] :])
    return (before + text.encode() + after).decode()
