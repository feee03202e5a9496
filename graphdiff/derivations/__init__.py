"""Derivations written out, path sums and tables."""
