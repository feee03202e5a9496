"""What a learning rate is called, in files of claims and on pages."""

from __future__ import annotations

from collections.abc import Collection

CLEAR = frozenset({"eta", "η", "alpha", "lr", "learningrate", "learnrate", "stepsize", "rate"})
"""Names that mean it wherever no node is called so: ``eta = 0.1`` says what it is."""

LIKELY = CLEAR | {"learn", "step", "epsilon", "mu", "gamma", "l"}
"""Names that mean it in the formulas of steps on a page, where no node is called so."""


CAPITALS = frozenset({"L", "Gamma"})
"""Capital letters that mean something else than the small ones: the L of ∂L/∂w is a loss."""


def is_rate(word: str, names: Collection[str] = LIKELY) -> bool:
    """Whether a word is what a learning rate is called.

    Examples
    --------
    >>> is_rate("learning_rate"), is_rate("LR"), is_rate("mu"), is_rate("mu", CLEAR), is_rate("L")
    (True, True, True, False, False)
    """
    return word not in CAPITALS and word.replace("_", "").lower() in names
