"""Worksheets and solutions on paper: what stands on them, and its forms."""
