"""What answers rest on: formulas that name derivatives, which are answered elsewhere, or nowhere.

dL/dw = dL/dz·x rests on dL/dz. Where dL/dz = dL/dw/x stands for that, nothing was computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphdiff.checking.targets import Reference, Target


class Resting:
    """Which quantities come, in the end, of something that names no derivative.

    Parameters
    ----------
    answers
        For each link of each statement: the quantity it is about, and those it names.
    """

    def __init__(self, answers: Iterable[tuple[Any, frozenset[Any]]]) -> None:
        self.answers = dict[Any, list[frozenset[Any]]]()
        for about, named in answers:
            self.answers.setdefault(about, []).append(named)
        self.grounded = _grounded(self.answers)

    def is_circular(self, named: frozenset[Any]) -> bool:
        """Whether a formula comes back to itself, and to nothing that is not answered at all."""
        return not named <= self.grounded and not self.is_open(named)

    def is_open(self, named: frozenset[Any]) -> bool:
        """Whether a formula rests on a derivative that is answered nowhere."""
        todo, seen = list(named), set(named)
        while todo:
            if (one := todo.pop()) in self.grounded:
                continue
            if one not in self.answers:
                return True
            further = frozenset().union(*self.answers[one]) - seen
            seen |= further
            todo.extend(further)
        return False


def named_by(target: Target | None) -> frozenset[Any]:
    """Return the quantities, derivatives and values after a step, that a formula names."""
    if target is None:
        return frozenset()
    names = (
        [name.target for name in target.link.names if isinstance(name, Reference)]
        if target.kind == "expression"
        else [target]
    )
    return frozenset(one.quantity for one in names if one.kind != "value" or one.step)


def _grounded(answers: Mapping[Any, list[frozenset[Any]]]) -> set[Any]:
    """Return what is answered by a link that names nothing, or only what is so answered."""
    waiting = [(about, set(named)) for about, each in answers.items() for named in each]
    of = dict[Any, list[tuple[Any, set[Any]]]]()
    for about, named in waiting:
        for one in named:
            of.setdefault(one, []).append((about, named))
    grounded = set[Any]()
    todo = [about for about, named in waiting if not named]
    while todo:
        if (one := todo.pop()) in grounded:
            continue
        grounded.add(one)
        for about, named in of.get(one, ()):
            named.discard(one)
            if not named:
                todo.append(about)
    return grounded
