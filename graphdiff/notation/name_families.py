"""Names of alike nodes: w_2_3__1 is the member (2, 3) of the family w_{·,·}^1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from graphdiff.notation import latex

_ABOVE = re.compile(r"(.*[^_])__([^_]+)", re.DOTALL)
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_END = re.compile(r"(.*?)([0-9₀-₉]+)", re.DOTALL)


class Family(NamedTuple):
    """A name without its numbers: what stands before them, between them and above.

    ``parts`` are the indices below, None where a member has a number.
    """

    stem: str
    parts: tuple[str | None, ...]
    above: str = ""

    @property
    def is_indexed(self) -> bool:
        """Whether its members have numbers."""
        return None in self.parts

    def latex(self, indices: Sequence[str]) -> str:
        r"""Return a member as LaTeX, its indices being letters or numbers.

        Examples
        --------
        >>> print(Family("w", (None, None), "1").latex(["j", "k"]))
        w_{j,k}^{1}
        """
        below, above = ",".join(self._below(indices, written=False)), self.above
        return (
            latex.name(self.stem)
            + (f"_{{{below}}}" if below else "")
            + (f"^{{{latex.name(above)}}}" if above else "")
        )

    def plain(self, indices: Sequence[str]) -> str:
        """Return a member as plain text.

        Examples
        --------
        >>> Family("w", (None, None), "1").plain(["j", "k"])
        'w_j_k__1'
        """
        written = "_".join([self.stem, *self._below(indices, written=True)])
        return f"{written}__{self.above}" if self.above else written

    def _below(self, indices: Sequence[str], *, written: bool) -> list[str]:
        given = iter(indices)
        return [
            next(given) if part is None else part if written else latex.name(part)
            for part in self.parts
        ]


class Member(NamedTuple):
    """A member of a family."""

    family: Family
    indices: tuple[int, ...]


@lru_cache(maxsize=2**17)  # the names of a large graph are read many times, in their order
def member(name: str) -> Member:
    """Return which member of which family a name is.

    Examples
    --------
    >>> member("w_2_3__1")
    Member(family=Family(stem='w', parts=(None, None), above='1'), indices=(2, 3))
    >>> member("x12").indices, member("loss").family.is_indexed
    ((12,), False)
    """
    above = _ABOVE.fullmatch(name)
    written, top = (above[1], above[2]) if above else (name, "")
    first, *rest = [part for part in written.split("_") if part] or [written]
    if (found := _END.fullmatch(first)) and found[1]:
        first, rest = found[1], [found[2], *rest]
    parts = [part.translate(_DIGITS) for part in rest]
    numbers = [part.isdigit() and part.isascii() and len(part) < 10 for part in parts]
    return Member(
        Family(
            first,
            tuple(None if number else part for part, number in zip(parts, numbers, strict=True)),
            top,
        ),
        tuple(int(part) for part, number in zip(parts, numbers, strict=True) if number),
    )
