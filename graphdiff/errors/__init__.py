"""The few kinds of error graphdiff raises, each one clear line.

Every error of the package derives from :class:`GraphdiffError`, so that the
command line can print the line and leave the traceback out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from graphdiff.errors.lookalikes import difference, looking_like
from graphdiff.errors.plain_text import brief

MAX_LINE = 289
"""Characters of a message, from which on what it quotes is shortened."""

MAX_LISTED = 100
"""Characters of one name in a list of several."""

MAX_COMPARED = 1_000_000
"""Pairs of characters looked at to find the nearest of the known names."""

MAX_ALIKE = 80
"""What is looked at of an unknown name, and shown of it."""


class GraphdiffError(Exception):
    """Base of all errors that graphdiff raises on purpose.

    Its text is one line in which nothing is hidden, whatever it quotes, and no long one.
    """

    def __str__(self) -> str:
        return brief(Exception.__str__(self), MAX_LINE)


class GraphError(GraphdiffError, ValueError):
    """The graph cannot be built or read so: names, parents, cycles, shapes, values."""


class ShapeError(GraphError):
    """Shapes that do not fit; ``{0}``, ``{1}``, … in the message stand for the operands."""

    def named(self, operands: Iterable[str]) -> GraphError:
        """Return the error with the operands named."""
        message = str(self)
        for place, operand in enumerate(operands):
            message = message.replace(f"{{{place}}}", operand)
        return GraphError(message)


class UnknownNameError(GraphError, KeyError):
    """A name that is not there; the message suggests the nearest one."""


class ExpressionError(GraphdiffError, ValueError):
    """A text that is not an expression graphdiff reads, or one that is too large."""


class DerivationError(GraphdiffError, ValueError):
    """SymPy cannot derive this, or the closed form would be too large."""


class NumericalError(GraphdiffError, ArithmeticError):
    """A value or a derivative that is missing, not finite or not exact."""


class NoDerivativeError(DerivationError, NumericalError):
    """A derivative that is a finite real number nowhere: there is no formula and no number."""


class BudgetError(GraphdiffError):
    """Something that would take more time or memory than it is given."""


class FileError(GraphdiffError, OSError):
    """A file that cannot be read, understood or written."""


class DrawingError(GraphdiffError, RuntimeError):
    """A picture that cannot be laid out, typeset or written."""


def quoted_list(names: Iterable[str], limit: int = 8) -> str:
    """Return names for an error message: ``'x', 'w' and 3 more``."""
    names = list(names)
    shown = ", ".join(repr(brief(name, MAX_LISTED)) for name in names[:limit])
    return shown + (f" and {len(names) - limit} more" if len(names) > limit else "")


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Return the error for an unknown name, with the nearest known one.

    Examples
    --------
    >>> print(unknown("node", "yhta", ["x", "yhat"]))
    unknown node 'yhta'; did you mean 'yhat'?
    >>> print(unknown("node", "q", ["x", "yhat"]))
    unknown node 'q'; known: 'x', 'yhat'
    """
    known = list(known)
    near = difflib.get_close_matches(name[:200], _comparable(name, known), n=1, cutoff=0.5)
    folded = {other.casefold(): other for other in known}
    if name.casefold() in folded:
        near = [folded[name.casefold()]]
    alike = looking_like(name[:MAX_ALIKE], known[:10_000])
    if alike is not None:
        hint = f"{difference(name[:MAX_ALIKE], alike)}; did you mean {alike!r}?"
    elif near:
        hint = f"did you mean {brief(near[0], MAX_LISTED)!r}?"
    elif known:
        hint = f"known: {quoted_list(known)}"
    else:
        hint = "there are none yet"
    return UnknownNameError(f"unknown {kind} {name[:MAX_ALIKE]!r}; {hint}")


def _comparable(name: str, known: list[str]) -> list[str]:
    """Return the first of the known names, as many as can be compared in a moment."""
    pairs, length = 0, min(len(name), 200)
    for count, other in enumerate(known):
        pairs += max(length, 1) * len(other)
        if pairs > MAX_COMPARED:
            return known[:count]
    return known
