"""Short vectors entry by entry: [x₁, x₀, 0] for x₁ e₀ + x₀ e₁."""

from __future__ import annotations

import sympy as sp

from graphdiff.language.cotangent_arithmetic import ZERO
from graphdiff.language.expression import Apply, Expression, apply
from graphdiff.language.functions.movement import Scatter, Stack
from graphdiff.symbolic.tensor_algebra.entry_form import EntryForm
from graphdiff.symbolic.tensor_algebra.translation import Translation

MOST = 8
"""Entries of a vector that is written entry by entry."""


def listed(translation: Translation, form: EntryForm) -> Expression | None:
    """Return a vector as its entries, where each term of its formula fills one; else None."""
    if len(form.shape) != 1 or not isinstance(form.shape[0], int) or form.shape[0] > MOST:
        return None
    atoms = translation.atoms
    entries = [sp.S.Zero] * form.shape[0]
    for term in sp.Add.make_args(sp.expand_mul(form.formula)):
        coefficient, rest = atoms.split(EntryForm(term, form.shape))
        part = atoms.part(rest.formula)
        if not isinstance(part, Apply) or not isinstance(part.function, Scatter):
            return None
        key, (value,) = part.function.key, part.arguments
        if value.shape or len(key) != 1 or not isinstance(key[0], int):
            return None
        entries[key[0]] += coefficient * translation.form(value).formula
    if not any(entries):
        return None
    written = (translation.written(EntryForm(entry, ())) if entry else ZERO for entry in entries)
    return apply(Stack(0), *written)
