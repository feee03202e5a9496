"""Matrix algebra: expressions written as a person would, and linear ones as matrices."""

from graphdiff.symbolic.tensor_algebra.kronecker import kronecker_of
from graphdiff.symbolic.tensor_algebra.linear import matrix_of
from graphdiff.symbolic.tensor_algebra.simplify import tidied

__all__ = ["kronecker_of", "matrix_of", "tidied"]
