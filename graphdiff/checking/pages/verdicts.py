"""The verdicts on the chains of a page, each read in the way that fits it best."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphdiff.checking.claim_records import Claim, ClaimedSide, Misfit, Numbers, Side
from graphdiff.checking.judge import Judge, Options
from graphdiff.checking.layout_readings import readings as layouts
from graphdiff.checking.pages import turned
from graphdiff.checking.pages.chains import Chain, Link
from graphdiff.checking.pages.steps import Steps
from graphdiff.checking.pages.understanding import Understanding
from graphdiff.checking.report import ACCEPTED, Result, Verdict
from graphdiff.checking.targets import Reference, Target, written
from graphdiff.errors import defects
from graphdiff.files import budget
from graphdiff.files.mathematics.trees import Side as PageSide
from graphdiff.files.mathematics.trees import Tree
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import text

RIGHT = 6
"""How well a link fits that is right."""

FITS: Mapping[Verdict, int] = {
    "says-nothing": 5, "follows": 4, "coincidental": 3, "undecided": 2, "unread": 2, "wrong": 1,
}  # fmt: skip
"""How well other links fit: what follows is nearer to what was meant than what is wrong."""


class ChainJudge:
    """Judges the chains of a stretch of a page."""

    def __init__(
        self,
        graph: ComputationalGraph,
        values: Mapping[str, Any],
        chains: Sequence[Chain],
        options: Options,
        understanding: Understanding,
        deadline: float,
        unexplained: frozenset[Node],
    ) -> None:
        self.graph = graph
        self.unexplained = unexplained
        self.options = options
        self.understanding = understanding
        self.deadline = deadline
        own = [chain for chain in chains if chain.targets and chain.targets[0].of.graph is graph]
        self.judge = Judge(graph, values, {}, _claims(own), options, graph, deadline)

    def results(self, chain: Chain, before: int) -> Iterator[Result]:
        """Yield the results of a chain; ``before`` is how many results stand above.

        Of a statement with open indices it is what is worst, and for which of them.
        """
        if chain.instances:
            judged = [list(self.results(one, before)) for one in chain.instances]
            for results in zip(*judged, strict=True):
                yield min(results, key=lambda result: (result.ok, FITS.get(result.verdict, 0)))
            return
        if not chain.targets:
            first = chain.line.statement.sides[0]
            yield self._result(chain, first, "unread", chain.problem, 1)
            return
        judge = self._judge_of(chain)
        chain, target = self._meant(judge, chain)
        steps = Steps(judge, target, before)
        ways: list[Side | Misfit] = []
        for place, link in enumerate(chain.links, 1):
            if link.unread:
                result = self._result(chain, link.side, "unread", link.problem, place)
                yield replace(result, unknown_function=link.unknown_function)
                continue
            if time.monotonic() > self.deadline:
                yield self._result(chain, link.side, "undecided", "time ran out", place)
                continue
            if unknown := self._unexplained(target):
                why = f"how {unknown} is computed is not known"
                yield self._result(chain, link.side, "undecided", why, place)
                continue
            if target.step and self.options.descent is None:
                why = "the learning rate is not known; give it, --learning-rate 0.1"
                yield self._result(chain, link.side, "undecided", why, place)
                continue
            way = self._way(judge, chain, target, link)
            claim = Claim(written(target) or chain.written, target, (way,))
            result = judge.result(claim, 1, claim, before + place)
            result = steps.judged(result, way)
            if result.verdict == "wrong" and (unknown := self._left_out(target, way)):
                why = f"how {unknown} is computed is not known"
                result = replace(result, verdict="undecided", note=why, expected="")
            result = judge.diagnosed(result, target, way, ways)
            result = self._turned(judge, chain, target, link, result)
            steps.add(result, way, before + place)
            ways.append(way)
            where = self._where(chain, link.side)
            yield replace(result, link=place, **where, claimed=_shown(way))

    def _unexplained(self, target: Target) -> str:
        """Return a leaf that the page takes for computed, and the target for dependent on."""
        if not target.is_derivative and not target.step:
            return ""
        of = self.options.descent.output if target.step and self.options.descent else target.of
        before = of.graph.ancestors(of)
        return next((leaf.name for leaf in self.unexplained if leaf.name in before), "")

    def _left_out(self, target: Target, way: Side | Misfit) -> str:
        """Return a leaf that the page takes for computed, which a formula may have written out."""
        if not isinstance(way, ClaimedSide) or way.is_numeric:
            return ""
        before = target.of.graph.ancestors(target.of)
        left_out = (leaf for leaf in self.unexplained if leaf not in way.names)
        return next((leaf.name for leaf in left_out if leaf.name in before), "")

    def _judge_of(self, chain: Chain) -> Judge:
        """Return the judge of a chain: of a function itself one of its own."""
        graph = chain.targets[0].of.graph
        if graph is self.graph:
            return self.judge
        return Judge(graph, {}, {}, _claims([chain]), self.options, graph, self.deadline)

    # The way to read a chain

    def _meant(self, judge: Judge, chain: Chain) -> tuple[Chain, Target]:
        """Return a chain with the target that most of its links fit.

        Where none fits what the left says, and all fit the derivative that the factors of a
        product are of, the left is mislabelled.
        """
        target = chain.targets[0]
        if len(chain.targets) > 1:
            target = max(chain.targets, key=lambda one: sum(self._ranks(judge, one, chain)))
            chain = replace(chain, targets=tuple(dict.fromkeys((target, *chain.targets))))
        other = self.understanding.by_its_factors(chain)
        if other is None or other == target:
            return chain, target
        own, theirs = self._ranks(judge, target, chain), self._ranks(judge, other, chain)
        if max(own) >= RIGHT or min(theirs) < RIGHT:
            return chain, target
        where = chain.line.line_of(chain.line.statement.sides[0])
        self.understanding.remarks.append(
            f"line {where}: {chain.written} stands where {written(other)} is meant"
        )
        return replace(chain, targets=(other,)), other

    def _ranks(self, judge: Judge, target: Target, chain: Chain) -> list[int]:
        return [
            max((self._rank(judge, target, way) for way in link.ways), default=0)
            for link in chain.links
        ] or [0]

    def _way(self, judge: Judge, chain: Chain, target: Target, link: Link) -> Side | Misfit:
        if not link.ways:
            return Misfit(chain.line.written(link.side.span), link.problem)
        if len(link.ways) == 1:
            return link.ways[0]
        return max(link.ways, key=lambda way: self._rank(judge, target, way))

    def _rank(self, judge: Judge, target: Target, way: Side) -> int:
        """Return how well a way to read a link fits: what is right is what was meant."""
        if not layouts(way, target, ""):
            return 0
        try:
            with budget.cpu(budget.EVALUATION / 4):
                finding, _ = judge.finding(Claim(written(target), target, (way,)), way)
        except Exception as error:
            defects.passed_over(error)
            return FITS["undecided"]
        if finding is None:
            return 0
        return RIGHT if finding.verdict in ACCEPTED else FITS[finding.verdict]

    def _turned(
        self, judge: Judge, chain: Chain, target: Target, link: Link, result: Result
    ) -> Result:
        """Return a result that nothing explains with the factor that is turned over in it."""
        known = result.diagnosis is not None and result.diagnosis.explanations
        if result.verdict != "wrong" or known or not self.options.diagnose:
            return result

        def is_right(tree: Tree) -> bool:
            (again,) = self.understanding.links(chain.line, [replace(link.side, tree=tree)])
            return any(self._rank(judge, target, way) == RIGHT for way in again.ways)

        found = turned.diagnosis(link.side.tree, is_right, chain.line.written)
        return result if found is None else replace(result, diagnosis=found)

    # Records

    def _where(self, chain: Chain, side: PageSide) -> dict[str, Any]:
        fragment = chain.line.fragment
        target = written(chain.targets[0]) if chain.targets else chain.written
        return {
            "line": chain.line.line_of(side), "cell": fragment.cell,
            "source": chain.line.written(side.span), "target": target or chain.written,
        }  # fmt: skip

    def _result(
        self, chain: Chain, side: PageSide, verdict: Verdict, note: str, place: int
    ) -> Result:
        """Return the result of a link that is not judged."""
        where = self._where(chain, side)
        claimed = where["source"]
        if not chain.targets:
            whole = chain.line.statement
            where["source"] = chain.line.written(whole.span)
            if len(whole.sides) > 1 and side is whole.sides[0]:
                claimed = chain.line.written((whole.sides[1].span[0], whole.sides[-1].span[1]))
        return Result(**where, link=place, claimed=claimed, expected="", verdict=verdict,
                      note=note)  # fmt: skip


def _shown(way: Side | Misfit) -> str:
    """Return a side in the grammar of claims."""
    if isinstance(way, Misfit):
        return way.written
    if isinstance(way, Numbers):
        return _list([cell.link.written if cell.link else cell.text for cell in way.cells],
                     way.shape)  # fmt: skip
    names = [
        written(name.target) if isinstance(name, Reference) else str(getattr(name, "name", name))
        for name in way.names
    ]
    return text.authored(way.function, names)


def _list(entries: Sequence[str], shape: tuple[int, ...]) -> str:
    """Return entries as nested lists."""
    if not shape:
        return entries[0]
    size = len(entries) // shape[0]
    parts = (entries[k * size : (k + 1) * size] for k in range(shape[0]))
    return f"[{', '.join(_list(part, shape[1:]) for part in parts)}]"


def _claims(chains: Sequence[Chain]) -> list[Claim]:
    """Return all that is to be judged, for how much there is to compute."""
    return [
        Claim(chain.written, target, link.ways)
        for chain in chains for target in chain.targets for link in chain.links if link.ways
    ]  # fmt: skip
