"""Grading a class: what is required, what each submission earns for it, and the gradebook."""

from graphdiff.grading.records import Gradebook, Graded, Mark, MarkVerdict, Required

__all__ = ["Gradebook", "Graded", "Mark", "MarkVerdict", "Required"]
