"""Matrix algebra: expressions written as a person would, and linear ones as matrices."""

from graphdiff.algebra.linear import matrix_of
from graphdiff.algebra.tidy import tidied

__all__ = ["matrix_of", "tidied"]
