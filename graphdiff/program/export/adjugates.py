"""The derivatives of the adjugate of a diagonal matrix, in the arrays of JAX or of PyTorch."""

from __future__ import annotations

_TEXT = """\
def diagonal_adjugate(s, along):
    n, rank = s.shape[-1], len(along) + 1
    eye, ones = LIBRARY.eye(n, OPTIONS), (1,) * rank
    counts = sum(eye.reshape(ones[:k] + (n,) + ones[k + 1:] + (n,)) for k in range(rank))
    factors = LIBRARY.where(counts > 0, 1.0, s.reshape(s.shape[:-1] + ones + (n,)))
    others = factors.prod(-1) * (counts <= 1).all(-1)
    letters = "ijklmnop"[:rank]
    total = 0.0
    for order in itertools.permutations(range(rank)):
        terms = "".join(f",...{letters[t]}{letters[order[t]]}" for t in range(rank - 1))
        places = (letters[order[-1]], letters[-1])
        kept = "".join(dict.fromkeys(places))
        found = LIBRARY.einsum(f"...{letters}{terms}->...{kept}", others, *along)
        found = found if len(kept) == 2 else found[..., None] * eye
        swaps = sum(a > b for a, b in itertools.combinations(order, 2))
        total = total + (-1) ** swaps * found
    return total"""


def diagonal_adjugate(library: str, whole: str) -> str:
    """Return the function as text.

    Parameters
    ----------
    library
        What the library's functions are called by.
    whole
        How an array of whole numbers is asked for there.
    """
    return _TEXT.replace("OPTIONS", whole).replace("LIBRARY", library)
