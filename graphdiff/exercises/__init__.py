"""Exercises: random graphs with friendly numbers, their worksheets, solutions and marking."""

from graphdiff.exercises.exercise import Exercise, exercise, variants
from graphdiff.exercises.folder import save, save_several
from graphdiff.exercises.levels import LEVELS
from graphdiff.exercises.topics import TOPICS

__all__ = ["LEVELS", "TOPICS", "Exercise", "exercise", "save", "save_several", "variants"]
