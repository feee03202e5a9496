"""Linear functions that leave the formula of an entry as it is, or can be multiplied out."""

from __future__ import annotations

import sympy as sp

from graphdiff.language import shapes
from graphdiff.language.expression import Apply
from graphdiff.language.functions.movement import Reshape
from graphdiff.language.shapes import Shape
from graphdiff.symbolic.tensor_algebra.entry_form import EntryForm
from graphdiff.symbolic.tensor_algebra.products import (
    TRANSPOSED,
    is_diagonal,
    is_eye,
    is_outer,
    matmul,
    transpose,
)
from graphdiff.symbolic.tensor_algebra.translation import Translation


def unchanged(translation: Translation, part: Apply, rest: EntryForm) -> sp.Expr | None:
    """Return the formula of an argument that structure does not change, or changes inside.

    A constant is the same everywhere; a shape with axes of size 1 before it is the same
    to broadcasting; the transpose of a sum of matrices is that of each.
    """
    atoms = translation.atoms
    found = atoms.within(rest.formula)
    if not found:
        return rest.formula
    if isinstance(part.function, Reshape):
        natural = shapes.broadcast(atoms.shapes(rest.formula))
        return rest.formula if only_adds_axes_before(natural, part.shape) else None
    if part.function == TRANSPOSED and rest.formula.is_Add:
        turned: dict[sp.Basic, sp.Expr] = {}
        for symbol in sorted(found, key=str):  # in one order, whatever the hashes are
            atom = atoms.of[symbol].expression
            if atom.ndim == 2:
                transposed = transpose(TRANSPOSED, atom)
                if isinstance(transposed, Apply) and transposed.function == TRANSPOSED:
                    return None
                turned[symbol] = translation.form(transposed).formula
            elif atom.ndim:
                return None
        return rest.formula.xreplace(turned)
    return None


def multiplied_out(translation: Translation, left: EntryForm, right: EntryForm) -> sp.Expr | None:
    """Return (α I + β u vᵀ + diag(d)) x as α x + β u (vᵀ x) + d ⊙ x."""
    if len(left.shape) != 2 or not left.formula.is_Add:
        return None
    vector = translation.written(right)
    total = sp.S.Zero
    for term in sp.Add.make_args(left.formula):
        coefficient, rest = translation.atoms.split(EntryForm(term, left.shape))
        part = translation.atoms.part(rest.formula)
        if part is None or not (is_eye(part) or is_outer(part) or is_diagonal(part)):
            return None
        total += coefficient * translation.form(matmul(part, vector)).formula
    return total


def only_adds_axes_before(old: Shape, new: Shape) -> bool:
    """Whether a shape is another with axes of size 1 before it, which broadcasting adds too."""
    return len(new) >= len(old) and new == (1,) * (len(new) - len(old)) + tuple(old)
