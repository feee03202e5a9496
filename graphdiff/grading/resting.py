"""What answers rest on: formulas that name derivatives, which are answered elsewhere, or nowhere.

dL/dw = dL/dz·x rests on dL/dz. Where dL/dz = dL/dw/x stands for that, nothing was computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphdiff.checking.targets import Reference, Target

STEPPED = 5
"""How many parts a quantity of the graph has: of, in, and in, after how many steps, locally."""


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
        return any(one not in self.answers for one in self._unfounded(named))

    def is_backward(self, about: Any, named: frozenset[Any]) -> bool:
        """Whether a formula rests on what is itself computed from what it is about.

        dL/dz = dL/dw/x, dL/dw = (w − w@1)/η, and 2·dL/dw/2 in place of dL/dw.
        """
        return any(is_computed_from(one, about) for one in self._unfounded(named))

    def _unfounded(self, named: frozenset[Any]) -> Iterator[Any]:
        """Yield what a formula rests on in the end that does not come of any number or formula."""
        todo, seen = list(named), set(named)
        while todo:
            if (one := todo.pop()) in self.grounded:
                continue
            yield one
            further = frozenset().union(*self.answers.get(one, ())) - seen
            seen |= further
            todo.extend(further)


def is_computed_from(one: Any, other: Any) -> bool:
    """Whether a quantity has another in it by the chain rule, or by a step, or is the same.

    A derivative has all in it that lie between its nodes, a value after a step the gradient before.
    """
    if one == other:
        return True
    if len(one) < STEPPED or len(other) < STEPPED:
        return False
    (of, wrt, by, step, _), (its_of, its_wrt, its_by, its_step, _) = one, other
    if by is not None or its_by is not None or wrt is None or its_wrt is None:
        return bool(step > its_step)
    graph = of.graph
    is_between = its_of.name in graph.ancestors(of) and wrt.name in graph.ancestors(its_wrt)
    return bool(step > its_step or (step == its_step and is_between))


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
