"""Derivative arrays with their structure kept: Kronecker deltas, and factors that stay apart."""

from graphdiff.program.structured.derivative import derivative, hessian, jacobian
from graphdiff.program.structured.form import Block, Structured

__all__ = ["Block", "Structured", "derivative", "hessian", "jacobian"]
