"""Local Jacobians in index notation, ∂z_i/∂W_pq = δ_ip x_q, and entry by entry.

:func:`local_jacobian` gives that of a local function and one of its arguments,
:func:`local_jacobian_index` that of an edge of a graph, summed over the slots of a parent
that repeats. Both return an :class:`IndexJacobian` with the formula in SymPy, ``text`` and
``latex`` of the equation (``left`` and ``right`` of it, ``left_latex`` and ``right_latex``),
and ``at``, the numbers it stands for. They are derived once for each distinct function
(:func:`graphdiff.symbolic.index_notation.derivation.derived`), at a cost that does not depend on
the sizes, which may be letters. Where there is no formula that a person could read they raise
:class:`~graphdiff.errors.DerivationError`; leave the line out then.

:func:`entries` writes a small Jacobian out, d^i × d^j explicit scalar formulas;
:func:`as_text` and :func:`as_latex` write such an entry.

=============  ==========================================================
derivation     an entry of the pullback of a Kronecker delta
opened         an expression in terms of functions that have entries
primitives     the entry of each of them
positions      where structure takes its entries from
deltas         sums without deltas
polish         one index for two that are equal
factors        common factors
symbols        indices with their size, indicators, guards
letters        i, j for the value; p, q for the argument; k, l in sums
jacobian       the record
printing       text and LaTeX
evaluation     its numbers
entrywise      explicit scalars
=============  ==========================================================
"""

from graphdiff.symbolic.index_notation.entrywise import entries as entries
from graphdiff.symbolic.index_notation.jacobian import IndexJacobian as IndexJacobian
from graphdiff.symbolic.index_notation.jacobian import local_jacobian as local_jacobian
from graphdiff.symbolic.index_notation.jacobian import local_jacobian_index as local_jacobian_index
from graphdiff.symbolic.index_notation.printing import as_latex as as_latex
from graphdiff.symbolic.index_notation.printing import as_text as as_text
