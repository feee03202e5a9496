"""Three kinds of number for one algorithm: float64, exact, and many digits.

Each arithmetic computes a local function and its partial derivatives on NumPy arrays: of
float64, of exact SymPy numbers (2/3 stays 2/3, √2 stays √2), or of mpmath numbers.
"""

from graphdiff.evaluation.arithmetic import CACHED, Arithmetic, Array, Rule, entrywise, once
from graphdiff.evaluation.exact import EXACT, Exact, put_in, reduced
from graphdiff.evaluation.floating import FLOAT64, Float64
from graphdiff.evaluation.lambdified import definition
from graphdiff.evaluation.multiprecision import Multiprecision, is_digits
from graphdiff.evaluation.rough_values import BOUNDED, looks_real, roughly, within

__all__ = [
    "BOUNDED",
    "CACHED",
    "EXACT",
    "FLOAT64",
    "Arithmetic",
    "Array",
    "Exact",
    "Float64",
    "Multiprecision",
    "Rule",
    "definition",
    "entrywise",
    "is_digits",
    "looks_real",
    "once",
    "put_in",
    "reduced",
    "roughly",
    "within",
]
