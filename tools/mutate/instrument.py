"""All faults of a module built into it at once, each behind a switch, so that one import serves them all.

`a < b` becomes `(a <= b if __mutant__(7) else a < b)`, a statement stands in an `if`. With every switch off
the module does what it did. (The technique: R. H. Untch, "Mutant schemata", ISSTA 1993.)
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.mutate.operators import expression_faults, is_logging, statement_faults

SWITCH = "__mutant__"


@dataclass(frozen=True)
class Mutant:
    """One fault. `key` stays the same while the code around it changes; `at_import` runs when imported."""

    number: int
    key: str
    file: str
    line: int
    before: str
    after: str
    at_import: bool


class Instrument(ast.NodeTransformer):
    """Builds the faults of one module in; they are numbered on from `first`."""

    def __init__(self, file: str, first: int) -> None:
        self.file = file
        self.first = first
        self.mutants: list[Mutant] = []
        self._names: list[str] = []
        self._inside = 0
        self._seen: Counter[str] = Counter()

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return self._function(node)
        if isinstance(node, ast.ClassDef):
            node.body = self._within(node.name, node.body)
            return node
        if isinstance(node, ast.Lambda):
            self._inside += 1
            node.body = self.visit(node.body)
            self._inside -= 1
            return node
        if isinstance(node, ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Match):
            return node if not isinstance(node, ast.Match) else self._match(node)
        if is_logging(node):
            return node
        if isinstance(node, ast.AnnAssign):
            node.value = self.visit(node.value) if node.value else None
            return node
        if isinstance(node, ast.Raise):
            return self._statement(node, copy.deepcopy(node))
        if isinstance(node, ast.stmt):
            original = copy.deepcopy(node)
            return self._statement(original, self.generic_visit(node))
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            original = copy.deepcopy(node)
            return self._expression(original, self.generic_visit(node))
        return self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self._inside += 1
        node.body = self._within(node.name, node.body)
        self._inside -= 1
        return node

    def _within(self, name: str, body: list[ast.stmt]) -> list[ast.stmt]:
        self._names.append(name)
        made = [self.visit(each) for each in body]
        self._names.pop()
        return made

    def _match(self, node: ast.Match) -> ast.AST:
        for case in node.cases:
            case.body = [self.visit(each) for each in case.body]
        return node

    def _statement(self, original: ast.stmt, node: ast.AST) -> ast.AST:
        for name, fault in statement_faults(original):
            switch = self._switch(name, original, fault)
            node = ast.If(switch, [fault], [node])  # pyright: ignore[reportArgumentType]
        return node

    def _expression(self, original: ast.expr, node: ast.AST) -> ast.AST:
        for name, fault in expression_faults(original):
            switch = self._switch(name, original, fault)
            node = ast.IfExp(switch, fault, node)  # pyright: ignore[reportArgumentType]
        return node

    def _switch(self, name: str, original: ast.AST, fault: ast.AST) -> ast.Call:
        number = self.first + len(self.mutants)
        before, after = _short(original), _short(fault)
        key = f"{self.file}::{'.'.join(self._names) or '(module)'}::{name}::{before}"
        self._seen[key] += 1
        if self._seen[key] > 1:
            key += f"#{self._seen[key]}"
        line = getattr(original, "lineno", 0)
        self.mutants.append(Mutant(number, key, self.file, line, before, after, self._inside == 0))
        return ast.Call(ast.Name(SWITCH, ast.Load()), [ast.Constant(number)], [])


def instrument(path: Path, file: str, first: int) -> tuple[ast.Module, list[Mutant]]:
    """The module at `path` with its faults built in, and the faults."""
    worker = Instrument(file, first)
    tree = ast.parse(path.read_text("utf-8"), filename=str(path))
    tree.body = [each if _is_typing_only(each) else worker.visit(each) for each in tree.body]
    return ast.fix_missing_locations(tree), worker.mutants


def _is_typing_only(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 100 else text[:97] + "..."
