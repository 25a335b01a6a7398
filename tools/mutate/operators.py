"""The small faults: each takes a node of the syntax tree and gives the same node with one thing wrong.

The usual set for Python (comparisons, connectives, arithmetic, constants, statements left out) and four of
our own for what this code is made of: a clause that falls out of a query, a lock that is not taken, a
keyword that is not handed on, min for max.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
CLAUSES = frozenset({"where", "with_for_update", "order_by", "limit", "distinct", "having", "filter_by"})
"""Calls on a query that may fall out of it."""
QUIET = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
"""What is written to the log is not behaviour that a test must notice."""

Fault = tuple[str, ast.AST]
"""What it is called, and the node with the fault in it."""


def expression_faults(node: ast.expr) -> Iterator[Fault]:
    """Every fault of one expression itself; those of its parts are found at the parts."""
    if isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BoolOp):
        other = copy.deepcopy(node)
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "connective", other
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not", copy.deepcopy(node.operand)
    elif isinstance(node, ast.BinOp):
        yield from _arithmetic(node)
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)


def statement_faults(node: ast.stmt) -> Iterator[Fault]:
    """Every fault of one statement: left out, or its condition turned round."""
    if _can_be_left_out(node):
        yield "left out", ast.Pass()
    elif isinstance(node, ast.If) and isinstance(node.test, ast.Name | ast.Attribute | ast.Call | ast.Await):
        other = copy.deepcopy(node)
        other.test = ast.UnaryOp(ast.Not(), other.test)
        yield "condition", other


def _can_be_left_out(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return _acts(node.value)
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute) for target in node.targets)
    return isinstance(node, ast.AugAssign | ast.Raise)


def _comparisons(node: ast.Compare) -> Iterator[Fault]:
    for place, op in enumerate(node.ops):
        other = copy.deepcopy(node)
        other.ops[place] = COMPARISONS[type(op)]()
        yield "comparison", other


def _arithmetic(node: ast.BinOp) -> Iterator[Fault]:
    swapped = ARITHMETIC.get(type(node.op))
    if swapped and not any(_is_text(side) for side in (node.left, node.right)):
        other = copy.deepcopy(node)
        other.op = swapped()
        yield "arithmetic", other


def _constants(node: ast.Constant) -> Iterator[Fault]:
    if isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield "constant", ast.Constant(node.value + 1)


def _calls(node: ast.Call) -> Iterator[Fault]:
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in CLAUSES:
        yield f"no {func.attr}", copy.deepcopy(func.value)
    if isinstance(func, ast.Name) and func.id in ("min", "max"):
        other = copy.deepcopy(node)
        other.func = ast.Name("max" if func.id == "min" else "min", ast.Load())
        yield "min for max", other
    for place, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            other = copy.deepcopy(node)
            del other.keywords[place]
            yield f"no {keyword.arg}=", other


def _acts(value: ast.expr) -> bool:
    """A call that does something, and not only to the log."""
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return False
    return not is_logging(call)


def is_logging(node: ast.AST) -> bool:
    """`log.info(...)` and its like."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return (
        node.func.attr in QUIET
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("log", "logger")
    )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
