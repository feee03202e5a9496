"""A gradebook as JSON lines, one a submission, and the schema of such a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graphdiff import checking
from graphdiff.errors.plain_text import json_text
from graphdiff.grading.records import Gradebook

REPORT = "report.schema.json"


def as_json_lines(gradebook: Gradebook) -> str:
    """Return a gradebook as JSON lines, for programs of the teacher.

    Each line is what :meth:`graphdiff.grading.Graded.to_json` returns, with what is right even
    where that is hidden from students; :func:`schema` describes it.
    """
    return "".join(f"{json_text(graded.to_json(), indent=None)}\n" for graded in gradebook.graded)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a graded submission, with that of reports in it.

    Examples
    --------
    >>> sorted(schema()["$defs"])[:4]
    ['diagnosis', 'explanation', 'graded', 'mark']
    """
    text = Path(__file__).with_name("graded.schema.json").read_text("utf-8")
    own: dict[str, Any] = json.loads(text.replace(f'"{REPORT}#/', '"#/'))
    return {**own, "$defs": {**checking.schema()["$defs"], **own["$defs"]}}
