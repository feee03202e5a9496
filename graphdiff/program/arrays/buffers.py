"""Which buffer each statement writes into, so that memory is used again as soon as it may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from graphdiff.program.arrays.statements import Statement, Variable


@dataclass(frozen=True)
class Buffer:
    """Memory for values of one size: ``number`` says which, ``shape`` how it is seen."""

    number: int
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Allocation:
    """Where values live.

    Attributes
    ----------
    statements
        The statements that are needed.
    buffers
        The buffer of each variable that has one.
    sizes
        The entries of each piece of memory.
    given
        The argument whose memory a variable takes, where it does.
    """

    statements: tuple[Statement, ...]
    buffers: dict[Variable, Buffer]
    sizes: tuple[int, ...]
    given: dict[Variable, Variable] = field(default_factory=dict["Variable", "Variable"])


def allocated(
    statements: Sequence[Statement],
    outputs: Collection[Variable],
    *,
    reuse: bool,
    into: Mapping[Variable, Variable] | None = None,
) -> Allocation:
    """Return the statements that outputs need, with a buffer for each value that takes one.

    Parameters
    ----------
    outputs
        The variables handed out. They get new memory at every call, or, where ``reuse``, a
        buffer of their own.
    into
        Arguments whose memory an output takes, if nothing behind it uses them.
    """
    needed = _needed(statements, outputs)
    last = _last_uses(needed)
    handed_out = {variable.memory for variable in outputs}
    buffers: dict[Variable, Buffer] = {}
    sizes: list[int] = []
    free: dict[int, list[int]] = defaultdict(list)
    given: dict[Variable, Variable] = {}
    for at, statement in enumerate(needed):
        target = statement.target
        argument = (into or {}).get(target)
        spent = _spent(statement, at, last, given, set((into or {}).values()), handed_out)
        if argument is not None and _may_take(argument, statement, at, last, given):
            given[target] = argument
        elif target not in handed_out and spent is not None:
            given[target] = spent
            last[spent] = last[target]  # its memory is the target's until then
        elif target.storage == "buffer" and (reuse or target not in handed_out):
            taken = (
                None
                if target in handed_out
                else _inherited(statement, at, last, {*handed_out, *given})
            )
            if taken is not None:
                number = buffers[taken].number
                last[taken] = -1  # its memory is the target's now
            elif target not in handed_out and free[target.size]:
                number = free[target.size].pop()
            else:
                number = len(sizes)
                sizes.append(target.size)
            buffers[target] = Buffer(number, target.shape)
        for used in dict.fromkeys(use.memory for use in statement.uses):
            if last[used] == at and used in buffers and used not in handed_out:
                free[used.size].append(buffers[used].number)
    return Allocation(tuple(needed), buffers, tuple(sizes), given)


def _needed(statements: Sequence[Statement], outputs: Collection[Variable]) -> list[Statement]:
    wanted = set(outputs)
    kept: list[Statement] = []
    for statement in reversed(statements):
        if statement.target in wanted:
            kept.append(statement)
            wanted.update(statement.uses)
    return kept[::-1]


def _last_uses(statements: Sequence[Statement]) -> dict[Variable, int]:
    last: dict[Variable, int] = {}
    for at, statement in enumerate(statements):
        last.setdefault(statement.target, at)
        for use in statement.uses:
            last[use.memory] = at
    return last


def _may_take(
    argument: Variable, statement: Statement, at: int, last: dict[Variable, int],
    given: Mapping[Variable, Variable],
) -> bool:  # fmt: skip
    """Return whether a statement may write its value over an argument."""
    used_here = any(given.get(use.memory, use.memory) is argument for use in statement.uses)
    done = last.get(argument, at) <= at and (statement.in_place or not used_here)
    return done and statement.target.storage == "buffer"


def _spent(
    statement: Statement, at: int, last: dict[Variable, int], given: Mapping[Variable, Variable],
    overwritten: Collection[Variable], handed_out: Collection[Variable],
) -> Variable | None:  # fmt: skip
    """Return an argument that will be overwritten, and may be by this value, being done with."""
    target = statement.target
    if not statement.in_place or target.storage != "buffer":
        return None
    for use in statement.uses:
        argument = given.get(use, use)
        alone = [other.memory for other in statement.uses].count(use) == 1
        done = last[use] == at == last[argument] and use not in handed_out
        fits = use.memory is use and use.shape == target.shape
        if argument in overwritten and done and alone and fits:
            return argument
    return None


def _inherited(
    statement: Statement, at: int, last: dict[Variable, int], handed_out: Collection[Variable]
) -> Variable | None:
    """Return an operand whose buffer the value may be written into, for it is done with."""
    if not statement.in_place:
        return None
    for use in statement.uses:
        alone = all(other is use for other in statement.uses if other.memory is use)
        if (
            use.storage == "buffer"
            and use.shape == statement.target.shape
            and last[use] == at
            and use not in handed_out
            and alone
        ):
            return use
    return None
