"""JSON as the standard library writes it, with decimals as the numbers they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

INDENT = "  "


def json_text(value: Any, indent: str = "") -> str:
    """Return a value as JSON, indented; a ``Decimal`` is a number with all its digits.

    Examples
    --------
    >>> print(json_text({"x": [Decimal("0.0430")], "y": {}}))
    {
      "x": [
        0.0430
      ],
      "y": {}
    }
    """
    inner = indent + INDENT
    if isinstance(value, Mapping):
        parts = [f"{_scalar(str(key))}: {json_text(part, inner)}" for key, part in value.items()]
        return _between("{", parts, "}", indent)
    if isinstance(value, list | tuple):
        return _between("[", [json_text(part, inner) for part in value], "]", indent)
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() else _scalar(float(value))
    return _scalar(value)


def _between(opening: str, parts: list[str], closing: str, indent: str) -> str:
    if not parts:
        return opening + closing
    inner = f",\n{indent}{INDENT}".join(parts)
    return f"{opening}\n{indent}{INDENT}{inner}\n{indent}{closing}"


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
