"""The computational graph: nodes, edges and their order."""

from graphdiff.graph.graph import ComputationalGraph
from graphdiff.graph.structure import Node

__all__ = ["ComputationalGraph", "Node"]
