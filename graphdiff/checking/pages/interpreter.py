"""The interpreter of formulas: all that reads a kind of tree, put together."""

from graphdiff.checking.pages import (
    of_arithmetic,
    of_derivatives,
    of_entries,
    of_functions,
    of_names,
    of_sums,
)
from graphdiff.checking.pages.meaning import Meaning as Interpreter
from graphdiff.checking.pages.meaning import NotUnderstoodError

READ_BY = (of_names, of_entries, of_functions, of_arithmetic, of_sums, of_derivatives)
"""The modules whose functions read the kinds of trees."""

__all__ = ["READ_BY", "Interpreter", "NotUnderstoodError"]
