"""Formulas as people read them: plain text, and LaTeX."""
