"""Steps that repeat: v_k = tanh(w v_{k-1}) a thousand times is three steps and a loop.

A step is found from two parts of a graph that compute alike, one behind the other. Going back from
both at once, each argument of the one is paired with that of the other: the part of one step with
its like in the step before, or, where both are the same, a part that all steps share. What is
paired again and again makes a chain, and of it the longest run of steps is taken in which each part
takes its arguments from the same places. So a folded step is exactly what is said of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from graphdiff.graph import Node
from graphdiff.recognition.parts import Fold, Part

LEAST_STEPS = 4
"""Fewer steps are not folded: with the first and the last drawn, nothing would be gained."""

REACH, TRIES = 300, 6
"""How far a like is looked for, in parts, and how many are tried."""


def folded(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts of a graph with those of repeated steps taken together.

    The parts of the first and of the last step stay; those of the same place in the steps
    between them are one part, of kind ``"chain"``, whose nodes are in the order of the steps.
    """
    whole = _Whole(parts)
    gone: dict[int, Part] = {}
    for chain in whole.chains():
        for first, part in _together(parts, chain):
            gone |= dict.fromkeys(first, part)
    made = dict.fromkeys(gone.get(k, part) for k, part in enumerate(parts))
    return tuple(sorted(made, key=lambda part: part.nodes[0].index))


def _together(
    parts: Sequence[Part], chain: Sequence[Sequence[int]]
) -> Iterator[tuple[Sequence[int], Part]]:
    """Yield the parts of all steps but the first and the last that have one place in them."""
    fold = Fold(len(chain), len(chain[0]), {})
    for places in zip(*chain[1:-1], strict=True):
        nodes: list[Node] = []
        for step, place in enumerate(places, start=2):
            nodes += parts[place].nodes
            fold.step.update(dict.fromkeys(parts[place].nodes, step))
        groups = {parts[place].group for place in places}
        yield (
            places,
            Part("chain", tuple(nodes), groups.pop() if len(groups) == 1 else None, fold=fold),
        )


@dataclass
class _Pairing:
    """For each part, its like in the step before."""

    before: dict[int, int] = field(default_factory=dict[int, int])
    behind: dict[int, int] = field(default_factory=dict[int, int])

    def pair(self, one: int, other: int) -> None:
        self.before[one] = other
        self.behind[other] = one

    def is_free(self, one: int, other: int) -> bool:
        return one not in self.before and other not in self.behind


class _Whole:
    """The parts of a graph as numbers: what each computes, and of which."""

    def __init__(self, parts: Sequence[Part]) -> None:
        place = {node: k for k, part in enumerate(parts) for node in part.nodes}
        within = {node: k for part in parts for k, node in enumerate(part.nodes)}
        self.arguments: list[tuple[int, ...]] = []
        self.uses: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.is_leaf = [all(node.is_leaf for node in part.nodes) for part in parts]
        self.marks: list[Hashable] = []
        for k, part in enumerate(parts):
            parents = [parent for node in part.nodes for parent in node.parents]
            self.arguments.append(tuple(place[parent] for parent in parents))
            for at, parent in enumerate(self.arguments[-1]):
                self.uses[parent].append((k, at))
            made = tuple((node.kind, node.function, node.shape) for node in part.nodes)
            self.marks.append((made, tuple(within[parent] for parent in parents)))
        self.count = Counter(self.marks)
        self.taken: set[int] = set()

    def chains(self) -> Iterator[list[list[int]]]:
        """Yield chains, each a list of steps in order, each step the parts in it."""
        for k in reversed(range(len(self.marks))):
            if k in self.taken or self.is_leaf[k] or self.count[self.marks[k]] < LEAST_STEPS - 1:
                continue
            for other in self._likes(k):
                chain = self._chain(k, other)
                if len(chain) >= LEAST_STEPS:
                    self.taken.update(place for step in chain for place in step)
                    yield chain
                    break

    def _likes(self, start: int) -> list[int]:
        """Return the nearest parts that a part depends on and that compute as it does."""
        found: list[int] = []
        seen, queue = {start}, deque([start])
        while queue and len(seen) < REACH and len(found) < TRIES:
            for parent in self.arguments[queue.popleft()][:REACH]:
                if parent not in seen and parent not in self.taken and not self.is_leaf[parent]:
                    seen.add(parent)
                    queue.append(parent)
                    if self.marks[parent] == self.marks[start]:
                        found.append(parent)
        return found

    def _chain(self, last: int, before: int) -> list[list[int]]:
        """Return the longest run of like steps that two parts belong to; it may be empty."""
        pairing = _Pairing()
        self._pair_back(pairing, last, before)
        self._pair_users(pairing)
        rows = list(_rows(pairing))
        step_of = self._aligned(rows, last)
        at: defaultdict[int, dict[int, int]] = defaultdict(dict)
        row_of = {place: r for r, row in enumerate(rows) for place in row}
        for place, step in step_of.items():
            at[step][row_of[place]] = place

        def said(step: int) -> frozenset[Hashable]:
            """Return where each part of a step takes its arguments from."""
            return frozenset(
                (
                    row,
                    *(
                        (row_of[p], step - step_of[p]) if p in row_of else ("outside", p)
                        for p in self.arguments[place]
                    ),
                )
                for row, place in at[step].items()
            )

        runs = [list(run) for _, run in groupby(sorted(at), said)]
        run = max(runs, key=len)
        if run[0] - 1 in at and at[run[0] - 1].keys() >= at[run[0]].keys():
            run.insert(0, run[0] - 1)
        order = sorted(at[run[-1]], key=at[run[-1]].__getitem__)
        return [[at[step][row] for row in order] for step in run]

    def _pair_back(self, pairing: _Pairing, one: int, other: int) -> None:
        """Pair two parts, and their arguments, and so on as long as they are alike."""
        pairs = [(one, other)]
        while pairs:
            one, other = pairs.pop()
            if one == other or not pairing.is_free(one, other) or not self._may_pair(one, other):
                continue
            pairing.pair(one, other)
            pairs += zip(self.arguments[one], self.arguments[other], strict=True)

    def _may_pair(self, one: int, other: int) -> bool:
        alike = self.marks[one] == self.marks[other]
        return alike and not {one, other} & self.taken

    def _pair_users(self, pairing: _Pairing) -> None:
        """Pair what is computed of paired parts in each step, an output or a loss."""
        places = deque(pairing.before)
        while places:
            place = places.popleft()
            like = pairing.before[place]
            if max(len(self.uses[place]), len(self.uses[like])) > REACH:
                continue
            for user, at in self.uses[place]:
                for other, where in self.uses[like]:
                    if where == at and self._are_users(pairing, user, other):
                        pairing.pair(user, other)
                        places.append(user)
                        for pair in zip(self.arguments[user], self.arguments[other], strict=True):
                            if pair[0] != pair[1] and pairing.is_free(*pair):
                                pairing.pair(*pair)
                        break

    def _are_users(self, pairing: _Pairing, one: int, other: int) -> bool:
        """Whether all arguments of two parts are paired, the same, or leaves that may be paired."""
        if one == other or not pairing.is_free(one, other) or not self._may_pair(one, other):
            return False
        return all(
            p == q
            or pairing.before.get(p) == q
            or (self.is_leaf[p] and pairing.is_free(p, q) and self._may_pair(p, q))
            for p, q in zip(self.arguments[one], self.arguments[other], strict=True)
        )

    def _aligned(self, rows: Sequence[Sequence[int]], last: int) -> dict[int, int]:
        """Return the step that each part of a row belongs to: no step uses a later one."""
        step_of: dict[int, int] = {}
        for row in sorted(rows, key=lambda row: (last not in row, -row[0])):
            used = [step_of[user] for user, _ in self.uses[row[0]] if user in step_of]
            made = [step_of[p] for p in self.arguments[row[0]] if p in step_of]
            start = min(used) if used else max(made, default=0)
            for k, place in enumerate(row):
                step_of[place] = start - k
        return step_of


def _rows(pairing: _Pairing) -> Iterator[list[int]]:
    """Yield what is paired in a row, from the last step to the first."""
    for place in pairing.before:
        if place not in pairing.behind:
            row = [place]
            while row[-1] in pairing.before:
                row.append(pairing.before[row[-1]])
            yield row
