"""A tape taken elsewhere: JAX, PyTorch, LaTeX, C, JavaScript.

============== ================================================================
``opened``     functions of one's own written out in those of the catalogue
``maps``       how each map is written in JAX, PyTorch and C
``straight``   a tape as straight-line Python over a library of arrays
``exported``   that text as a function, the library imported when it is called
``backends``   who runs a program on NumPy's arrays
``jax``        how JAX writes functions of tensors
``torch``      how PyTorch does
``latex``      a tape as a list of equations
``c``          a tape of scalars as a function in C99
``javascript`` a tape as a module of JavaScript, with ``runtime.js`` for functions of arrays
============== ================================================================
"""

from graphdiff.program.export.c import to_c
from graphdiff.program.export.exported import Exported
from graphdiff.program.export.javascript import to_javascript
from graphdiff.program.export.jax import to_jax
from graphdiff.program.export.latex import to_latex
from graphdiff.program.export.torch import to_torch

__all__ = ["Exported", "to_c", "to_javascript", "to_jax", "to_latex", "to_torch"]
