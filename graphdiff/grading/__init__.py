"""Grading a class: what is required, what each submission earns for it, and the gradebook.

The assertions are for the cells that grade a notebook.
"""

from graphdiff.grading.as_csv import as_csv
from graphdiff.grading.as_gradescope import as_gradescope
from graphdiff.grading.as_json_lines import as_json_lines, schema
from graphdiff.grading.as_junit import as_junit
from graphdiff.grading.assertions import (
    assert_claim,
    assert_gradient,
    assert_hessian,
    assert_jacobian,
    assert_value,
)
from graphdiff.grading.assignment import Assignment, load_assignment
from graphdiff.grading.handed_in import read_roster
from graphdiff.grading.records import Gradebook, Graded, Mark, MarkVerdict, Required
from graphdiff.grading.running import grade

__all__ = [
    "Assignment",
    "Gradebook",
    "Graded",
    "Mark",
    "MarkVerdict",
    "Required",
    "as_csv",
    "as_gradescope",
    "as_json_lines",
    "as_junit",
    "assert_claim",
    "assert_gradient",
    "assert_hessian",
    "assert_jacobian",
    "assert_value",
    "grade",
    "load_assignment",
    "read_roster",
    "schema",
]
