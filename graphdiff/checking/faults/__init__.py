"""The catalogue of known mistakes, and the search for the ones behind a line that is wrong."""

from graphdiff.checking.diagnoses import Diagnosis, Explanation

__all__ = ["Diagnosis", "Explanation"]
