"""Notebooks of Jupyter: the cells in their order, each with its lines and what it printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from graphdiff.errors import FileError
from graphdiff.files.pages import outputs
from graphdiff.files.pages.page import Collected, read_lines, read_output, read_page

MAGIC = re.compile(r"^[ \t]*[%!?][^\n]*|^[^\n=]*\?\s*$", re.MULTILINE)


def read_notebook(text: str, into: Collected) -> None:
    """Add the formulas of all cells.

    Raises
    ------
    FileError
        If the text is not JSON, or has no cells.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileError(
            f"the notebook is not JSON (line {error.lineno}: {error.msg.lower()}); save it again"
        ) from None
    except (RecursionError, ValueError) as error:
        raise FileError(f"the notebook cannot be read as JSON: {_short(error)}") from None
    language = _language(content)
    trained = False
    for number, (kind, source, output) in enumerate(_cells(content), 1):
        into.cell = number
        if kind == "markdown" or (
            kind == "code" and re.match(r"\s*%%(?:latex|markdown)\b", source)
        ):
            read_page(MAGIC.sub("", source) if kind == "code" else source, into)
        elif kind == "code" and not re.match(r"\s*%%(?!time|capture)", source):
            program = MAGIC.sub("", source)
            read_code(program, into, language)
            if not trained and output.strip():
                read_output(program, output, into)
            trained = trained or outputs.is_training(program)
    into.cell = None


def _short(error: Exception) -> str:
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)[:80]


def _cells(content: Any) -> Iterator[tuple[str, str, str]]:
    """Yield kind, source and output of each cell; those of old notebooks stand in worksheets."""
    cells = content.get("cells") if isinstance(content, dict) else None
    if cells is None and isinstance(content, dict):
        sheets = content.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        listed = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [c for part in listed if isinstance(part, list) for c in part] if listed else None
    if not isinstance(cells, list):
        raise FileError("the notebook has no list of 'cells'")
    for cell in cells:
        if not isinstance(cell, dict):
            yield "raw", "", ""
            continue
        text = _text(cell.get("source", cell.get("input", "")))
        yield str(cell.get("cell_type")), text, _output(cell.get("outputs"))


def _text(lines: Any) -> str:
    """Return what stands in a cell, as one text."""
    if isinstance(lines, list):
        lines = "".join(part for part in lines if isinstance(part, str))
    text = lines if isinstance(lines, str) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _output(outputs: Any) -> str:
    """Return what a cell printed, and the value below it."""
    texts: list[str] = []
    for one in outputs if isinstance(outputs, list) else []:
        if not isinstance(one, dict) or one.get("name") == "stderr":
            continue
        data = one.get("data")
        shown = data.get("text/plain") if isinstance(data, dict) else None
        texts.append(_text(one.get("text", shown)))
    return "".join(texts)


def _language(content: Any) -> str:
    place = content
    for key in ("metadata", "kernelspec", "language"):
        place = place.get(key) if isinstance(place, dict) else None
    return place.lower() if isinstance(place, str) else "python"


STRING = re.compile(
    r"#[^\n]*|(?P<prefix>\b[rRbBuUfF]{1,2})?(?P<quotes>\"\"\"|''')(?P<text>.*?)(?:(?P=quotes)|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'",
    re.DOTALL,
)


def read_code(text: str, into: Collected, language: str = "python", first_line: int = 1) -> None:
    """Add the formulas of a program: its lines, its comments, and its texts of several lines."""
    position, line = 0, first_line
    for found in STRING.finditer(text):
        if not found["quotes"]:
            continue
        before = text[position : found.start()]
        read_lines(before, language or "python", into, line)
        line += before.count("\n")
        inner = found["text"]
        prefix = (found["prefix"] or "").lower()
        if "r" not in prefix:
            inner = inner.replace("\\\\", "\\")
        if "b" not in prefix:
            read_page(inner, into, first_line=line)
        line += found.group().count("\n")
        position = found.end()
    read_lines(text[position:], language or "python", into, line)
