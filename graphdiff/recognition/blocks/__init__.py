"""Blocks: what an architecture is made of, read off a graph.

graph -> :mod:`reading`, every operation in a block -> :mod:`attention` and :mod:`cells`, blocks
that are parts of something known -> :mod:`found`, the blocks with their parameters and edges.
"""
