"""Contractions with identities: Kronecker deltas, written as entries among zeros.

``ij,ab->iajb`` with the identity in the place of ``ij`` has entries only where i = j: zeros,
and one view of the entries that are none. The identity itself is never made.
"""

from __future__ import annotations

from collections.abc import Collection

from graphdiff.language.functions.contraction import Einsum
from graphdiff.program.arrays.contractions import contracted, stretched
from graphdiff.program.arrays.statements import Statements, Variable


def among_zeros(
    s: Statements,
    f: Einsum,
    uses: tuple[Variable, ...],
    identities: Collection[int],
    shape: tuple[int, ...],
    name: str,
) -> Variable | None:
    """Write a contraction in which some operands are identities; None if it is not of this kind.

    Parameters
    ----------
    identities
        The places of the operands that are identities.
    """
    same = _tied(f, identities)
    if same is None:
        return None
    output = "".join(same.get(index, index) for index in f.output)
    places = [k for k in range(len(uses)) if k not in identities]
    terms = ["".join(same.get(index, index) for index in f.operands[k]) for k in places]
    present = "".join(terms)
    distinct = "".join(dict.fromkeys(output))
    kept = "".join(index for index in distinct if index in present)
    operands = tuple(uses[k] for k in places)
    if not operands:
        return s.add(name, shape, "buffer", (), "{cleared}", _assigned(output, distinct, "1.0"))
    sizes = dict(zip(output, shape, strict=True))
    core = operands[0]
    if terms != [kept]:
        inner = tuple(sizes[index] for index in kept)
        core = contracted(s, Einsum(f"{','.join(terms)}->{kept}"), operands, inner, "t")
    value = stretched(s, core, kept, distinct)
    return s.add(name, shape, "buffer", (value,), "{cleared}", _assigned(output, distinct, "{0}"))


def _assigned(output: str, distinct: str, value: str) -> str:
    return f"einsum('{output}->{distinct}', {{t}})[...] = {value}"


def _tied(f: Einsum, identities: Collection[int]) -> dict[str, str] | None:
    """Return which index stands for each that an identity ties to another.

    None where a tied index is summed over, or stands only in an identity more than once.
    """
    same: dict[str, str] = {}
    for place in identities:
        first, second = (same.get(index, index) for index in f.operands[place])
        if not set(f.operands[place]) <= set(f.output) or first == second:
            return None
        same = {k: first if v == second else v for k, v in same.items()} | {second: first}
    return same
