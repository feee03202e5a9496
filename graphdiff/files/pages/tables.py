"""Rows of tables, in which a formula stands in one cell and its value in another."""

from __future__ import annotations

import re

from graphdiff.files.pages import bare
from graphdiff.files.pages.grids import Table
from graphdiff.files.pages.words import KNOWN, tokens

DELIMITER = re.compile(r"[ \t>]*\|?(?:[ \t]*:?-+:?[ \t]*\|?)+[ \t]*\Z")
MAX_ROW = 5_000
"""Characters of a row of a table."""

VALUE = re.compile(r"[≈=~]?\s*[\[(]?\s*[-−+]?\s*[\d.,]*\d[\d.,\s\[\]()eE×·*/+\-−;=≈^ᵀ]*")
NUMBER = re.compile(r"[≈=~]?\s*[-−+]?\s*\d[\d.,]*(?:[eE][-+−]?\d+)?")
GIVEN = re.compile(
    r"val|wert|result|numer|comput|calcul|number|answer|initial|given|amount|=|数值|值|结果|計算|знач|"
    r"hodnot|giá trị|resultado|evaluat|forward|output|rechnung|berechn|"
    r"ergebnis|résult|risult|calcol",
    re.IGNORECASE,
)
FORMULA = re.compile(
    r"formul|fórmul|формул|expres|equation|defin|calcul|comput|rule|how|公式|式|công thức|ausdruck|"
    r"gleichung|ecuaci|equa|symbol|rechnung|berechn|formel|calcol|rechenweg|ansatz|working",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"grad|deriv|ableit|∂|partial|\bd\w*\s*/\s*d|updat|new|delta|δ|error|loss|epoch|iter|step|shape|size|dim|local|nuev[oa]|baru|\bneu(?:e[rsn]?)?\b|nouve|nuov[oa]|\bnov[oa]\b|"
    r"dériv|pochodn|afgeleid|türev|производн|градиент|梯度|导|導|"
    r"微分|勾配|đạo hàm|turunan|미분|기울기",
    re.IGNORECASE,
)

DERIVATIVE = re.compile(
    r"\s*\$?\s*(?:\\[dt]?frac\s*\{\s*(?:\\partial|d)|\\partial|∂|d\w+\s*/\s*[d∂])"
)
"""The name of a derivative, at the beginning of a cell."""


def is_row(line: str) -> bool:
    """Whether a line is a row of a table: its cells stand between upright strokes."""
    stripped = line.lstrip(" \t>-*")
    return stripped.startswith("|") and stripped.rstrip().endswith("|") and stripped.count("|") > 2


def rows_of(text: str) -> set[int]:
    """Return where the rows begin of tables with a line of dashes, strokes at their ends or not."""
    found: set[int] = set()
    before, begin, inside = "", 0, False
    for line in text.split("\n"):
        short = len(line) < MAX_ROW and "|" in line
        if short and "-" in line and "|" in before and DELIMITER.match(line):
            found |= {begin - len(before) - 1, begin}
            inside = True
        elif not short:
            inside = False
        elif inside:
            found.add(begin)
        before = line
        begin += len(line) + 1
    return found


def cells(line: str) -> list[str]:
    """Return the cells of a row."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


class Row:
    """Where in a row the reading is, and whether a value would go on with what was read.

    Its ``tables`` are those that were begun, with what has been read of them.
    """

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.tables: list[Table] = []
        self.column = 0
        self.is_header = False
        self.open: str = ""
        self.name: list[str] = []

    def begin(self, line: str, below: str, is_next: bool, number: int) -> None:
        """Begin a row, in a line of some number: a header if a line of dashes is below it."""
        self.is_header = bool(DELIMITER.match(below) and "|" in below)
        if self.is_header:
            self.titles = cells(line)
        elif not is_next:
            self.titles = []
        if self.is_header or not is_next:
            self.tables.append(Table(is_titled=self.is_header))
        if not DELIMITER.match(line):
            self.tables[-1].add(number, tuple(cells(line)))
        self.column = -1 if line.lstrip(" \t>-*").startswith("|") else 0
        self.open, self.name = "", []

    def next_cell(self) -> None:
        """Go on to the next cell."""
        self.column += 1

    def take_name(self) -> list[str]:
        """Return the bare name that a value belongs to, once."""
        name, self.name = self.name, []
        return name

    def formula(self, source: str) -> bool:
        """Take a formula, and say whether it goes on with one of a cell before it."""
        follows = self._formula(source)
        if follows:
            self._mark_read()
        return follows

    def _mark_read(self) -> None:
        """Note that the cell has been read."""
        table = self.tables[-1]
        table.read.add((len(table.rows) - 1, self.column))

    def _formula(self, source: str) -> bool:
        source = source.strip()
        is_value = _is_numeric(source)
        follows = bool(self.open) and is_value and self._is_given()
        follows = follows or (self.open == "name" and not is_value and self._is_its_formula(source))
        if self.is_header:
            return False
        if not is_value and not follows and self._is_of_another_quantity(source):
            self.open, self.name = "", []
        elif not is_value or follows:
            is_last = bool(NUMBER.fullmatch(source.replace("$", "")))
            relation = bool(re.search(r"[=≈←]|\\approx", source))
            self.open = "" if is_last else ("formula" if relation or follows else "name")
            self.name = [] if not follows else self.name
        return follows

    def bare(self, cell: str) -> tuple[str, bool] | None:
        """Take a cell without formulas; return the value in it that goes on with a formula."""
        if self.is_header:
            return None
        if is_value(cell):
            follows = bool(self.open) and self._is_given()
            if NUMBER.fullmatch(cell):
                self.open = "" if follows else self.open
            if follows:
                self._mark_read()
            return (cell, True) if follows else None
        if self._is_of_another_quantity(cell):
            self.open, self.name = "", []
        elif is_quantity(cell):
            self.open, self.name = "name", [cell]
        return None

    @property
    def _title(self) -> str:
        return self.titles[self.column] if 0 <= self.column < len(self.titles) else ""

    def _is_its_formula(self, source: str) -> bool:
        """Whether a cell has the formula of the name in the cell before it."""
        return not re.search(r"[=≈←]|\\approx", source) and bool(FORMULA.search(self._title))

    def _is_of_another_quantity(self, source: str) -> bool:
        """Whether what stands beside a name says, by its title, what something else is."""
        is_other = self.open == "name" and bool(OTHER.search(self._title))
        return is_other and bool(source) and not DERIVATIVE.match(source)

    def _is_given(self) -> bool:
        title = self._title
        if OTHER.search(title):
            return False
        return self.open == "formula" or not title.strip() or bool(GIVEN.search(title))


def is_value(text: str) -> bool:
    r"""Whether a text is numbers and nothing else, as ``-0.3``, ``[1, 2]``, ``\frac{1}{2}``."""
    plain = VALUE.fullmatch(text.strip()) and text.count("(") == text.count(")")
    return bool(plain) or ("\\" in text and _is_numeric(text))


def _is_numeric(source: str) -> bool:
    r"""Whether a formula has numbers only: ``0.5 \times 2``, ``\frac{1}{1+e^{-0.5}}``."""
    plain = re.sub(r"\\(?:mathrm|text|mathbf|si|unit)(?=\{)\{[^{}]*[a-z][^{}]*\}", " ", source)
    plain = re.sub(r"\\(?:[a-zA-Z]+|.)|[{}$^_&]", " ", plain)
    return bool(re.search(r"\d", plain)) and not re.search(r"[^\W\d_]", plain.replace("e", ""))


def is_quantity(cell: str) -> bool:
    """Whether a cell is the name of a quantity: x, w_1, dL/dw, σ(z)."""
    if bare.DERIVATIVE.fullmatch(cell):
        return True  # dL/du, of words that prose has as well
    found = list(tokens(cell)) if 0 < len(cell) <= 30 else []
    return (
        bool(found)
        and any(token.kind == "name" for token in found)
        and all(
            token.kind in ("name", "open", "close", "function", "operator")
            or token.text.lower() in KNOWN
            for token in found
        )
        and not any(token.gap for token in found)
    )
