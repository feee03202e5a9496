"""The formulas of a rule in LaTeX, each letter with its step, those of pairs with their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphdiff.language.shapes import SCALAR
from graphdiff.notation import latex
from graphdiff.optimisers.loops import BEFORE, INDEX, Loop, is_indexed, parsed
from graphdiff.optimisers.rule import GRADIENT, QUANTITIES, SIZES, THETA, Assignment, Formula, Rule

PREVIOUS = "prev"
"""What is added to s_i for the pair before it, where formulas are read for any i."""


def in_latex(rule: Rule) -> str:
    r"""Return the formulas of a rule as an ``aligned`` of equations, for ``amsmath``.

    Examples
    --------
    >>> from graphdiff.optimisers.first_order import MOMENTUM
    >>> print(in_latex(MOMENTUM))
    \begin{aligned}
    v_{t} &= \mu v_{t-1} + g_{t} \\
    \theta_{t} &= \theta_{t-1} - \eta v_{t}
    \end{aligned}
    """
    body = " \\\\\n".join(_Printed(rule).rows())
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


@dataclass(frozen=True)
class _Printed:
    """A rule as it is printed."""

    rule: Rule

    def rows(self) -> Iterator[str]:
        """Yield the rows."""
        rule = self.rule
        for line in rule.lookahead():
            yield rf"g_{{t}} &= \nabla J\left({self._right(line.formula, [])}\right)"
        done, last = [GRADIENT, *({*QUANTITIES} - {*rule.assigned})], None
        program = _of_one_pair(rule).program(SIZES if rule.is_of_all else SCALAR)
        for loop, line in zip(_loops(rule), program, strict=True):
            when = self._condition(line.condition, done)
            if loop is not None and loop is not last:
                span = rf"{loop.first}, \ldots, {loop.last}"
                when = rf"\ {when}" if when else ""
                yield rf"&\text{{for }} i = {span}{when}\text{{:}}"
            last = loop
            if line.name not in rule.remembered:
                yield self._row(line, done, when, in_loop=loop is not None)
                done.append(line.name)

    def _row(self, line: Assignment, done: Sequence[str], when: str, *, in_loop: bool) -> str:
        again = line.name in done or is_indexed(line.name)
        left, sign = self._timed(line.name, "t"), r"\leftarrow" if again else "="
        right = self._right(line.formula, done)
        if in_loop:
            return rf"&\quad {left} {sign} {right}"
        return rf"{left} &{sign} {right}" + (rf" \quad {when}" if when else "")

    def _right(self, formula: Formula, done: Sequence[str]) -> str:
        """Return a formula, given what has a new value already."""
        rule = self.rule
        changing = {THETA, GRADIENT, *rule.assigned, *rule.kept}
        signs = [
            self._timed(rule.remembered.get(name, name), "t" if name in done else "t-1")
            if name in changing
            else self._letter(name)
            for name in formula.arguments
        ]
        written = latex.authored(formula.function, signs)
        return written.replace(r" \cdot ", " ")  # letters stand close

    def _condition(self, formula: Formula | None, done: Sequence[str]) -> str:
        if formula is None:
            return ""
        written = self._right(formula, done)
        written = written.removeprefix(r"\mathbf{1}\left[").removesuffix(r"\right]")
        return rf"\text{{if }} {written}"

    def _timed(self, name: str, time: str) -> str:
        """Return a letter with its step; those of a pair have its number instead."""
        return self._letter(name) + ("" if is_indexed(name) else f"_{{{time}}}")

    def _letter(self, name: str) -> str:
        if name.endswith(INDEX + PREVIOUS):
            return rf"{latex.name(name.removesuffix(INDEX + PREVIOUS))}_{{i-1}}"
        return self.rule.letters.get(name) or latex.name(name)


def _loops(rule: Rule) -> list[Loop | None]:
    """Return the loop that each statement is in, None for those in none."""
    return [
        loop
        for line in parsed(rule.formulas)
        for loop in ([line] * len(line.body) if isinstance(line, Loop) else [None])
    ]


def _of_one_pair(rule: Rule) -> Rule:
    """Return the rule with the statements of each loop once, s_i and s_(i-1) named as such."""

    def both(names: Mapping[str, str]) -> dict[str, str]:
        previous = {name + PREVIOUS: of for name, of in names.items() if is_indexed(name)}
        return {**names, **previous}

    once = (
        statement.text
        for line in parsed(rule.formulas)
        for statement in (line.guarded if isinstance(line, Loop) else (line,))
    )
    formulas = "\n".join(once).replace(BEFORE, INDEX + PREVIOUS)
    return replace(rule, formulas=formulas, pairs=0, state=both(rule.state),
                   shapes=both(rule.shapes))  # fmt: skip
