"""A tape as NumPy statements."""
