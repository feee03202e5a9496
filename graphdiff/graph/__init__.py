"""The computational graph: nodes, edges and their order."""

from graphdiff.graph.graph import ComputationalGraph, Node

__all__ = ["ComputationalGraph", "Node"]
