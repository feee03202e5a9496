"""Formulas of a page, read as they are written."""
