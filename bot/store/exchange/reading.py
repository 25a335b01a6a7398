"""Read a CSV file line by line, naming every cell that cannot be read."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from bot.store.exchange.encoding import look_through
from bot.store.exchange.files import Column, CsvFile
from bot.store.exchange.values import ROUNDED, shortened

CHUNK = 5_000
_LIMIT = 1_000_000  # one cell; a longer one is a missing quotation mark


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file: line 1 is the header; `column` is empty when the whole line is meant."""

    file: str
    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file} line {self.line}" + (f", {self.column}" if self.column else "")
        shown = f" {self.value!r}" if self.value else ""
        return f"{where}:{shown} {self.reason}"


class Line(dict[str, Any]):
    """A line that could be read: its number, and its values by column."""

    __slots__ = ("number",)

    def __init__(self, number: int, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.number = number


class FileReader:
    """Reads `path` as a file of kind `spec`, in chunks."""

    def __init__(self, spec: CsvFile, path: Path, tell: Callable[[Problem], None]) -> None:
        self.spec = spec
        self.path = path
        self.tell = tell
        self.lines = 0
        self.expected = 0
        self._seen: set[Any] = set()
        self._key = itemgetter(*spec.key)

    def chunks(self) -> Iterator[list[Line]]:
        """Lists of good lines; what is wrong is told as it is found."""
        csv.field_size_limit(_LIMIT)
        look = look_through(self.path)
        self.expected = max(look.ends - 1, 0)
        if look.broken:
            self.problem(look.broken, "", "", look.reason)
            return
        with self.path.open(encoding=look.encoding, newline="") as stream:
            reader = csv.reader(stream, strict=True)
            columns = self._header(reader)
            if columns is None:
                return
            lines = self._lines(reader, columns)
            while chunk := list(islice(lines, CHUNK)):
                yield chunk

    def problem(self, line: int, column: str, value: object, reason: str) -> None:
        """Tell that a cell (or a whole line) is wrong."""
        self.tell(Problem(self.path.name, line, column, str(value)[:80], reason))

    def _header(self, reader: Iterator[list[str]]) -> list[Column | None] | None:
        """The columns in the order of the file; None where a column has no name: its cells must be empty."""
        try:
            names = [name.strip().lower() for name in next(reader)]
        except StopIteration:
            self.problem(1, "", "", "the file is empty: its first line names the columns")
            return None
        except csv.Error as error:
            self.problem(1, "", "", f"not a CSV line ({error})")
            return None
        unknown = [name for name in names if name and name not in self.spec.by_name]
        missing = [each.name for each in self.spec.columns if each.required and each.name not in names]
        doubled = {name for name in names if name and names.count(name) > 1}
        for name in unknown:
            known = ", ".join(self.spec.by_name)
            self.problem(1, name, "", f"unknown column; this file has {known}")
        for name in missing:
            self.problem(1, name, "", "this column is required")
        for name in sorted(doubled):
            self.problem(1, name, "", "this column is there twice")
        if unknown or missing or doubled:
            return None
        return [self.spec.by_name[name] if name else None for name in names]

    def _lines(self, reader: Any, columns: list[Column | None]) -> Iterator[Line]:
        absent = {each.name: each.default for each in self.spec.columns if each not in columns}
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.problem(reader.line_num, "", "", f"not a CSV line ({error})")
                return
            if not any(map(str.strip, cells)):
                continue
            self.lines += 1
            line = self._line(reader.line_num, cells, columns, absent)
            if line is not None:
                yield line

    def _line(
        self, number: int, cells: list[str], columns: list[Column | None], absent: dict[str, Any]
    ) -> Line | None:
        if len(cells) > len(columns) and not any(map(str.strip, cells[len(columns) :])):
            cells = cells[: len(columns)]
        if len(cells) != len(columns):
            self.problem(number, "", "", f"has {len(cells)} cells, the header has {len(columns)}")
            return None
        if "\x00" in "".join(cells):
            self.problem(number, "", "", "contains a NUL character")
            return None
        line = Line(number, absent)
        good = True
        for column, raw in zip(columns, cells, strict=True):
            cell = raw.strip()
            if column is None:
                if cell:
                    self.problem(number, "", cell, "stands in a column without a name: name it in line 1")
                    good = False
                continue
            if not cell:
                line[column.name] = column.default
                if column.required:
                    self.problem(number, column.name, "", "must not be empty")
                    good = False
                continue
            try:
                line[column.name] = column.read(cell)
            except ValueError as error:
                self.problem(number, column.name, cell, ROUNDED if shortened(cell) else str(error))
                good = False
        return self._once(line) if good else None

    def _once(self, line: Line) -> Line | None:
        key = self._key(line)
        if key in self._seen:
            shown = ", ".join(str(line[name]) for name in self.spec.key)
            self.problem(line.number, self.spec.key[0], shown, "is in this file twice")
            return None
        self._seen.add(key)
        return line
