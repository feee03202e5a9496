r"""Tables in which titles and names say what a number is: the row of z, the column of gradients.

What a cell is about is certain where its row, or its column, begins with the name of a quantity of
the graph and the other title says which: its value, its formula, its gradient, its δ, or its value
after a step. Tables that have names of the graph and whose titles say something else are told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from graphdiff.checking.pages import delta_quotients, noticed, spelling
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.names import LOSSES
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.pages.understanding import Understanding
from graphdiff.errors import GraphdiffError
from graphdiff.evaluation.leaf_values import given_values
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.reader import read
from graphdiff.files.mathematics.trees import Form
from graphdiff.files.pages import bare
from graphdiff.files.pages.fragments import Fragment, PageText
from graphdiff.files.pages.grids import RELATION, Table
from graphdiff.files.pages.tables import FORMULA, GIVEN, NUMBER, OTHER, is_value
from graphdiff.files.pages.words import words
from graphdiff.graph import Node
from graphdiff.language.shapes import entries

Sort = Literal["own", "gradient", "delta", "new"]
"""What the cells of a column say of the quantities of the rows."""

MAX_CELLS = 2000
"""Cells of a table that is read by its titles."""

MAX_TITLE = 60
"""Characters of a title."""

MAX_NAMED = 4
"""Rows or columns that are named in a remark."""

GRADIENT = words(
    """
    gradient gradients gradiente gradienten gradienti gradientes grad grads backward backprop
    adjoint adjungierte rückwärts retro indietro arrière градиент градиенты 梯度 反向 勾配 turunan
    gradyan gradiënt 기울기
    """
)
"""Words of a title that say gradient of the output."""

DERIVATIVE = words(
    """
    derivative derivatives ableitung ableitungen dérivée dérivées derivada derivadas derivata
    derivate производная производные 导数 偏导数 導関数 偏微分 微分 đạo hàm pochodna türev afgeleide
    미분 partielle partial parcial
    """
)
"""Words of a title that say derivative, which may be a local one where it says not of what."""

FILLING = words(
    """
    the of with respect to wrt by at for value values total final pass wert der des von nach valeur
    la le de du del della valor valore d in its node nodes variable 的 值 по
    """
)
"""Words of such a title that say nothing else."""

NEW = words("new updated neu neuer neue neues nuevo nueva novo nova nouveau nouvelle nuovo baru")
"""Titles of values after a step."""

BEFORE = words("old alt alter alte aktuell current viejo antiguo anterior ancien ancienne vecchio")
"""Titles of values before one."""

_UNSPACED = re.compile(
    "|".join(
        sorted(
            (word for word in GRADIENT | DERIVATIVE | FILLING if word[0] > "\u2e80"),
            key=len,
            reverse=True,
        )
    )
)
"""Words of languages without spaces between them."""

FROM = words("from von de desde da van parent start source tail vorgänger eltern 从 от j")
TO = words("to nach à a hacia para naar child end head kind nachfolger 到 к i")
"""Titles of the nodes that an edge leads from, and to."""

IN_TIME = re.compile(r"epoch|iter|step|schritt|pas[os]?\b|étape|轮|步|шаг|эпох", re.IGNORECASE)
"""Titles of a column that counts steps of descent, and no samples."""

NOTHING = re.compile(r"n\s*[/.]?\s*a\.?|k\.\s?a\.?|none|tbd|[-–—/?…·.]+", re.IGNORECASE)
"""What stands in cells that say nothing."""

EDGE = re.compile(
    r"(?:J\s*[_^]?\s*)?[\[({]*\s*(?P<j>[^→>]+?)\s*(?:→|⟶|-{1,2}>|\\to\b|\\(?:long)?rightarrow\b)"
    r"\s*(?P<i>[^→>]+?)\s*[\])}]*"
)
PAIR = re.compile(r"[(]\s*(?P<j>[^,()]+?)\s*,\s*(?P<i>[^,()]+?)\s*[)]")
"""Cells that name an edge, by the nodes that it joins."""

LOCAL = re.compile(r"local|lokal|jacobi|deriv|ableit|dérivée|∂|partial|^J\b", re.IGNORECASE)
"""Titles of local Jacobians of edges."""

DELTAS = ("δ", r"\delta", "delta")
"""Titles of errors δ."""

_SLOT = re.compile(
    r"[∂d]\s*(?P<of>[^\W\d_]+)\s*/\s*[∂d]\s*\(?\s*(?:[·⋅•.…□_*?u]|node|var|variable|knoten|nœud|nodo)\s*\)?"
)
"""The derivative of something in what stands in the row."""

_TEX_SLOT = re.compile(
    r"\\[dt]?frac\s*\{\s*(?:\\partial|d)\s*(?P<of>[a-zA-Z]|\\(?:mathcal|ell)\s*(?:\{L\}|L|))\s*\}\s*"
    r"\{\s*(?:\\partial|d)\s*\(?\s*(?:\\cdot|\\bullet|\\square|\\Box|\\star|\*|u(?:[_^]\{?[ij]\}?)?|"
    r"\\(?:text|mathrm)\{[^{}]*\})\s*\)?\s*\}"
)
_TEX_PLAIN = re.compile(
    r"\\partial\s*(?P<of>[a-zA-Z])\s*/\s*\\partial\s*\(?\s*(?:\\cdot|\\bullet|\\square|u)\s*\)?"
)

SLOTS = (_SLOT, _TEX_SLOT, _TEX_PLAIN)


@dataclass(frozen=True)
class _Cell:
    """A cell: what stands in it, in which line of the page, and its row and column."""

    source: str
    form: Form
    line: int
    place: tuple[int, int]


Sorted = tuple[Sort | None, _Cell]
"""A cell with what it says, None if that is not said."""


def with_cells(interpreter: Interpreter, page: PageText) -> tuple[PageText, list[str]]:
    """Return a page with what its tables say by their titles, and remarks on those not read."""
    fragments, remarks = list(page.fragments), list[str]()
    if interpreter.names.output is None:
        return page, remarks
    for table in page.tables:
        cells = sum(len(row) for _, row in table.rows)
        if len(table.rows) < 2 or cells > MAX_CELLS:
            continue
        reading = _Reading(interpreter, table, page.macros)
        made = list(reading.fragments())
        remarks += reading.remarks()
        end = table.cell or 0, table.rows[-1][0]
        before = (k for k, one in enumerate(fragments, 1) if (one.cell or 0, one.line) <= end)
        at = max(before, default=0)
        again = {
            (one.line, part.strip())
            for one in made
            if RELATION.search(one.source)
            for part in (one.source, *one.written.split("$"))
        }
        fragments[:at] = [
            one
            for one in fragments[:at]
            if one.cell != table.cell
            or not ((one.line, one.source) in again or one.line in reading.edges)
        ] + made
    return replace(page, fragments=tuple(fragments)), remarks


class _Reading:
    """What one table says."""

    def __init__(self, interpreter: Interpreter, table: Table, macros: Sequence[str]) -> None:
        self.interpreter = interpreter
        self.names = interpreter.names
        self.table = table
        self.macros = tuple(macros)
        self.grid = [
            [_cell(text, line, (i, k)) for k, text in enumerate(row)]
            for i, (line, row) in enumerate(table.rows)
        ]
        self.unread: list[tuple[str, str]] = []
        self.edges: dict[int, str] = {}
        """The lines whose rows are those of edges, with the names of their local Jacobians."""
        is_from_to = self._is_from_to()
        for row in self.grid:
            if row and (edge := self._edge(row[0]) or (self._edge_in_two(row) * is_from_to)):
                self.edges[row[0].line] = edge
                row[0] = replace(row[0], source=edge, form="plain")
                row[1 : 1 + is_from_to] = [replace(one, source="") for one in row[1:2]] * is_from_to

    def fragments(self) -> Iterator[Fragment]:
        """Yield names and what goes on with them; gradients after values, from the output back."""
        said = list(self._said())
        forward = [one for one in said if one[0] != "gradient"]
        back = [one for one in said if one[0] == "gradient"]
        back.sort(key=lambda one: -self._place_of(one[1]))
        for sort, name, cells in (*forward, *back):
            where = cells[0].line, self.table.cell, self.table.headings
            yield Fragment(self._spelled(sort, name), name.form, *where)
            for cell in cells:
                i, k = cell.place
                yield Fragment(
                    cell.source, cell.form, *where, follows=True, around=name.source,
                    written=self.table.rows[i][1][k],
                )  # fmt: skip

    def remarks(self) -> Iterator[str]:
        """Yield what of the table is not read, and why."""
        first, last = self.table.rows[0][0], self.table.rows[-1][0]
        where = f"lines {first} to {last}" if last > first else f"line {first}"
        if self.table.cell is not None:
            where = f"cell {self.table.cell}, {where}"
        by_reason: dict[str, list[str]] = {}
        for what, why in dict.fromkeys(self.unread):
            by_reason.setdefault(why, []).append(what)
        for why, parts in by_reason.items():
            what = ", ".join(filter(None, parts[:MAX_NAMED])) + ", …" * (len(parts) > MAX_NAMED)
            yield f"the table in {where} is not read{what and f' in {what}'}: {why}"

    # Which way it goes

    def _said(self) -> Iterator[tuple[Sort, _Cell, list[_Cell]]]:
        """Yield what is said of quantities of the graph: which of theirs, and the cells."""
        is_titled = self.table.is_titled or not any(is_value(one.source) for one in self.grid[0])
        titles, rows = (self.grid[0], self.grid[1:]) if is_titled else ([], self.grid)
        above = [one for one in titles[1:] if self._is_named(one)]
        side = next((k for k in (0, 1) if self._names_stand_in(rows, k)), None)
        if self.table.is_merged and (above or side is not None):
            self.unread.append(("", "cells go over several rows or columns"))
        elif side is not None and (not above or self.edges):
            yield from self._down(titles, rows, side)
        elif side is None and titles and (above or self._is_named(titles[0])):
            yield from self._across(titles, rows)
        elif side is not None and above and self._has_values(rows):
            why = "with names in its first row and column, it is not said what its numbers are"
            self.unread.append(("", why))

    def _names_stand_in(self, rows: Sequence[Sequence[_Cell]], column: int) -> bool:
        """Whether a column has names of quantities, the ones before it none."""
        full = [row[column] for row in rows if len(row) > column and row[column].source]
        named = [one for one in full if self._is_quantity(self._name_in(one))]
        return 2 * len(named) > len(full)

    def _down(
        self, titles: Sequence[_Cell], rows: Sequence[Sequence[_Cell]], side: int
    ) -> Iterator[tuple[Sort, _Cell, list[_Cell]]]:
        """Yield what a table says whose rows are those of quantities."""
        sorts: list[Sort | None] = [self._sort(titles, k) for k in range(max(map(len, rows)))]
        named = [self._name_in(row[side]) if side < len(row) else None for row in rows]
        several = Counter(name.source for name in named if name is not None)
        for name, row in zip(named, rows, strict=True):
            if name is not None and self._is_quantity(name):
                if several[name.source] > 1:
                    self.unread.append((f"rows of {name.source}", "it has several"))
                    continue
                known = self._sorts_of_edge(titles, sorts) if self._is_edge(name) else sorts
                beside: list[Sorted] = [(known[k], one) for k, one in enumerate(row) if k > side]
                yield from self._of_one(name, self._with_sorts(beside, titles))

    def _sorts_of_edge(
        self, titles: Sequence[_Cell], sorts: Sequence[Sort | None]
    ) -> list[Sort | None]:
        """Return what columns say of an edge: its local Jacobian, by whatever it is called."""
        return [
            "own" if sort is None and k < len(titles) and LOCAL.search(titles[k].source) else sort
            for k, sort in enumerate(sorts)
        ]

    def _across(
        self, titles: Sequence[_Cell], rows: Sequence[Sequence[_Cell]]
    ) -> Iterator[tuple[Sort, _Cell, list[_Cell]]]:
        """Yield what a table says whose columns are those of quantities."""
        first_is_title = not self._is_named(titles[0])
        labels = [row[0] for row in rows if row] if first_is_title else []
        nodes = [self._node(one) for one in titles if self._is_named(one)]
        if all(node is not None and node.kind == "input" for node in nodes):
            return  # a table of data
        if len(rows) > 1 and self._are_samples(titles, rows, first_is_title):
            yield from self._of_samples(titles, rows)
            return
        if not first_is_title and len(rows) > 1:
            self.unread.append(("", "it is not said what its rows are"))
            return
        sorts: list[Sort | None] = [self._sort(labels, i) for i in range(len(rows))]
        if len(rows) == 1 and (not labels or not labels[0].source):
            sorts = ["own"]
        for k, title in enumerate(titles):
            if self._is_named(title):
                below: list[Sorted] = [
                    (sorts[i], row[k]) for i, row in enumerate(rows) if k < len(row)
                ]
                yield from self._of_one(title, self._with_sorts(below, labels))

    def _are_samples(
        self, titles: Sequence[_Cell], rows: Sequence[Sequence[_Cell]], is_labelled: bool
    ) -> bool:
        """Whether rows are the samples of a batch: as many, with a number of each in each."""
        if len(rows) != self.names.samples or (is_labelled and IN_TIME.search(titles[0].source)):
            return False
        if is_labelled:
            counted = [row[0].source.strip("(). #") for row in rows if row]
            numbers = [int(text) for text in counted if text.isdecimal() and len(text) < 5]
            if any(counted) and numbers not in ([*range(len(rows))], [*range(1, len(rows) + 1)]):
                return False
        return any(self._batch(title) is not None for title in titles)

    def _batch(self, title: _Cell) -> Node | None:
        """Return the node that has a number of each sample, of a title; of a loss each part."""
        node = self._node(title)
        if node is not None and node.is_leaf and node.kind == "parameter":
            return None
        many = self.names.samples
        if node is self.names.output and node is not None and node.size == 1:
            parts = [one for one in node.parents if one.size == many and not one.is_leaf]
            node = parts[0] if len(parts) == 1 else None
        has_one_each = node is not None and all(isinstance(size, int) for size in node.shape)
        return node if has_one_each and entries(node.shape) == many else None  # type: ignore[union-attr]

    def _is_other_data(self, title: _Cell, k: int, rows: Sequence[Sequence[_Cell]]) -> bool:
        """Whether a column has other values of an input than the graph."""
        node = self._batch(title)
        value = None if node is None else given_values(node.graph, {}).get(node.name)
        if node is None or node.kind != "input" or value is None:
            return False
        own = np.ravel(np.asarray(value, float))
        numbers = [float(row[k].source.replace("−", "-").replace(",", ".").strip("≈=~ "))
                   for row in rows if k < len(row) and NUMBER.fullmatch(row[k].source)]  # fmt: skip
        return len(numbers) != len(own) or not np.allclose(numbers, own, rtol=0.01)

    def _of_samples(
        self, titles: Sequence[_Cell], rows: Sequence[Sequence[_Cell]]
    ) -> Iterator[tuple[Sort, _Cell, list[_Cell]]]:
        """Yield what a table says whose rows are samples: an entry of each array in each cell."""
        if any(self._is_other_data(title, k, rows) for k, title in enumerate(titles)):
            self.unread.append(("", "its rows are not the samples of the graph in their order"))
            return
        for k, title in enumerate(titles):
            node = self._batch(title)
            if node is None:
                if k and self._is_named(title):
                    self._tell(title, titles, "it has no number of each sample")
                continue
            for i, row in enumerate(rows):
                if k < len(row) and NUMBER.fullmatch(row[k].source):
                    key = ", ".join(str(i if size != 1 else 0) for size in node.shape)
                    name = replace(row[k], source=f"{node.name}[{key}]", form="code")
                    yield "own", name, [row[k]]

    def _with_sorts(
        self, cells: Sequence[Sorted], titles: Sequence[_Cell]
    ) -> Iterator[tuple[Sort, _Cell]]:
        """Yield cells that say something; a value beside a formula of the gradient is its."""
        before: Sort | None = None
        for sort, cell in cells:
            if not self._says_something(cell):
                continue
            if sort is None:
                if is_value(cell.source):
                    self._tell(cell, titles, "whether they are values or gradients is not said")
                continue
            if before == "gradient" and sort == "own":
                sort = "gradient"
            before = sort if not is_value(cell.source) else None
            yield sort, cell

    def _of_one(
        self, name: _Cell, cells: Iterator[tuple[Sort, _Cell]]
    ) -> Iterator[tuple[Sort, _Cell, list[_Cell]]]:
        by_sort: dict[Sort, list[_Cell]] = {}
        is_derivative = self._node(name) is None
        counted: set[Sort] = set()
        for sort, cell in cells:
            if is_derivative and sort == "gradient":
                sort = "own"
            is_number, is_second = bool(NUMBER.fullmatch(cell.source)), sort in counted
            counted |= {sort} if is_number else set()
            if is_number and is_second:
                self._tell(cell, (), "a number of the same kind stands before it")
            elif self._is_to_be_read(cell) and not (is_derivative and sort != "own"):
                by_sort.setdefault(sort, []).append(cell)
        for sort, found in by_sort.items():
            yield sort, name, found

    # What single cells are

    def _tell(self, cell: _Cell, titles: Sequence[_Cell], why: str) -> None:
        """Note a cell that is not read, by the title of its column or of its row."""
        places = {(0, cell.place[1]): "column", (cell.place[0], 0): "row"}
        title = next((one for one in titles or self.grid[0] if one.place in places), None)
        told = f"{places[title.place]} {title.source!r}" if title and title.source else ""
        self.unread.append((told, why))

    def _has_values(self, rows: Sequence[Sequence[_Cell]]) -> bool:
        return any(is_value(one.source) for row in rows for one in row[1:])

    def _is_to_be_read(self, cell: _Cell) -> bool:
        """Whether a cell says of its row what is not read yet: ``2(p - y) = -0.755`` of ∂L/∂p."""
        if cell.place not in self.table.read or cell.line in self.edges:
            return True
        head = self._name_in(cell)
        return bool(head.source) and head != cell and not self._is_quantity(head)

    def _says_something(self, cell: _Cell) -> bool:
        """Whether a cell is mathematics, and no name or prose."""
        source = cell.source
        if not source or NOTHING.fullmatch(source):
            return False
        if is_value(source) or cell.form == "latex" or cell.place in self.table.read:
            return True
        return [f"q = {source}"] == list(bare.find(f"q = {source}"))

    def _name_in(self, cell: _Cell) -> _Cell:
        """Return the name that a row begins with: ``z`` of ``z = w x + b``."""
        head = RELATION.split(cell.source, maxsplit=1)[0].strip()
        return replace(cell, source=head)

    def _is_quantity(self, cell: _Cell) -> bool:
        """Whether a cell names a node of the graph, a derivative, or an edge."""
        if self._is_edge(cell) or self._node(cell) is not None:
            return True
        tree = self._tree(cell)
        if tree is None or not any(isinstance(one, trees.Derivative) for one in trees.walk(tree)):
            return False
        try:
            found = Understanding(self.interpreter).targets(tree)
        except (NotUnderstoodError, MisfitError, GraphdiffError):
            return False
        return bool(found) and all(target.kind == "derivative" for target in found)

    def _is_named(self, title: _Cell) -> bool:
        """Whether a title names a quantity of the graph, and says not what numbers are."""
        tree = self._tree(title)
        parts = None if tree is None else spelling.bare_parts_of(tree)
        if parts is not None and self.names.exact(parts) is not None:
            return True
        return self._sort([title], 0) is None and self._is_quantity(title)

    def _is_edge(self, cell: _Cell) -> bool:
        return bool(cell.source) and self.edges.get(cell.line) == cell.source

    def _edge(self, cell: _Cell) -> str:
        """Return J[a->b] for a cell that names an edge, ``a → b`` or ``(a, b)``; else nothing."""
        match = EDGE.fullmatch(cell.source) or PAIR.fullmatch(cell.source)
        if match is None:
            return ""
        parent, child = (self._node(replace(cell, source=name)) for name in match.group("j", "i"))
        if parent is None or child is None or parent not in child.parents:
            return ""
        return f"J[{parent.name}->{child.name}]"

    def _is_from_to(self) -> bool:
        """Whether the first two columns are titled as the nodes that an edge joins."""
        titles = [one.source.strip("$ ").lower() for one in self.grid[0][:2]] if self.grid else []
        return len(titles) == 2 and titles[0] in FROM and titles[1] in TO

    def _edge_in_two(self, row: Sequence[_Cell]) -> str:
        """Return J[a->b] for a row of an edge whose nodes stand in two cells."""
        if len(row) < 2 or not row[0].source or not row[1].source:
            return ""
        return self._edge(replace(row[0], source=f"({row[0].source}, {row[1].source})"))

    def _place_of(self, cell: _Cell) -> int:
        node = self._node(cell)
        return 0 if node is None else node.index

    def _node(self, cell: _Cell) -> Node | None:
        tree = self._tree(cell)
        parts = None if tree is None else spelling.bare_parts_of(tree)
        if parts is None:
            return None
        known = self.names.exact(parts)
        return self.names.node(parts) if known is None and len("".join(parts)) < 12 else known

    def _tree(self, cell: _Cell) -> trees.Tree | None:
        """Return the formula of a cell, if it is one without relations."""
        if not cell.source or len(cell.source) > MAX_TITLE or is_value(cell.source):
            return None
        found = read(cell.source, cell.form, self.macros).statements
        sides = [side for statement in found for side in statement.sides]
        if len(sides) != 1 or sides[0].relation:
            return None
        return delta_quotients.reader(self.names)(sides[0].tree)

    def _sort(self, titles: Sequence[_Cell], k: int) -> Sort | None:
        """Return what a title says that the numbers below it, or beside it, are."""
        if not titles:
            return "own"
        if k >= len(titles):
            return None
        title = noticed.RATE_SIGN.sub("", titles[k].source).replace("()", "").strip()
        if title in DELTAS:
            return "delta"
        slot = next((one for sign in SLOTS if (one := sign.search(title))), None)
        if slot is not None and self._is_output(slot["of"]):
            title = (title[: slot.start()] + " grad " + title[slot.end() :]).strip()
        if "/" in title:
            return None
        found = re.findall(r"[^\W\d_]+", _UNSPACED.sub(r" \g<0> ", title))
        said = {word.lower() for word in found}
        rest = {word for word in found if word.lower() not in GRADIENT | DERIVATIVE | FILLING}
        of_output = {word for word in rest if self._is_output(word)}
        is_gradient = said & GRADIENT or (said & DERIVATIVE and of_output)
        is_p = title == "P" and self.names.exact(("P",)) is None
        if is_p or (is_gradient and rest == of_output):
            return "gradient"
        if said & NEW and said <= NEW | FILLING:
            return "new"
        if said and said <= BEFORE:
            return "own"
        is_own = GIVEN.search(title) or FORMULA.search(title)
        return "own" if is_own and not OTHER.search(title) else None

    def _is_output(self, word: str) -> bool:
        """Whether a word of a title is what is differentiated."""
        output = self.names.output
        parts = spelling.split(word.lstrip("\\")) or ("L",)
        exact = self.names.exact(parts)
        return exact is output or (exact is None and (word in LOSSES or word.lower() in LOSSES))

    def _spelled(self, sort: Sort, name: _Cell) -> str:
        """Return the name of what cells say, in the form of the name of their row."""
        source, is_latex = name.source, name.form == "latex"
        if sort == "own":
            return source
        if sort == "delta":
            return rf"\delta_{{{source}}}" if is_latex else f"δ_{{{source}}}"
        if sort == "new":
            return rf"{{{source}}}_{{new}}" if is_latex else f"{source}_new"
        output = self.names.output
        of = "L" if output is None or self.names.node(("L",)) is output else output.name
        if is_latex:
            return rf"\frac{{\partial {of}}}{{\partial {source}}}"
        return f"∂{of}/∂{source}"


def _cell(text: str, line: int, place: tuple[int, int]) -> _Cell:
    """Return a cell without what marks it as mathematics or sets it."""
    if "$" in text or "\\(" in text:
        return _Cell(re.sub(r"\$+|\\[()]", "", text).strip(), "latex", line, place)
    return _Cell(bare.unmarked(text).strip(), "plain", line, place)
