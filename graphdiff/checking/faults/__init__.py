"""The catalogue of known mistakes, and the search for the ones behind a line that is wrong."""

from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.checking.faults.mistaken import mistaken

__all__ = ["CATALOGUE", "Diagnosis", "Explanation", "mistaken"]
