"""What sums and products over an index mean: written out, or over the entries of arrays."""

from __future__ import annotations

from graphdiff.checking.pages import of_functions, readings, spelling
from graphdiff.checking.pages.meaning import Meaning, NotUnderstoodError, Place, reads
from graphdiff.checking.pages.readings import MisfitError, Readings
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Tree

MOST_LEFT_OUT = 8
"""Numbers below the first that a sum over all runs from: Σ_k δ_k w_{4k} where the output is 5."""

MAX_TERMS = 200
"""Terms of a sum that is written out."""


@reads(trees.Large)
def _large(meaning: Meaning, tree: trees.Large) -> Readings:
    index = _running_index(tree.below)
    if tree.operator == "sum" and index is None:
        if isinstance(tree.body, trees.Group) and isinstance(tree.body.body, trees.Items):
            called = of_functions.function_applied(
                meaning, Name("sum", True, span=tree.span), tree.body
            )
            if called is not None:
                return called
        return readings.totalled(meaning.readings(tree.body))
    if tree.operator not in ("sum", "prod") or index is None:
        if tree.operator in ("max", "min"):
            return readings.mapped([meaning.readings(tree.body)],
                                   lambda a: getattr(a, tree.operator)())  # fmt: skip
        raise NotUnderstoodError(tree, f"{tree.operator} is not read here")
    if (written_out := terms(meaning, tree, index)) is not None:
        total = written_out[0]
        for term in written_out[1:]:
            total = (
                readings.summed(total, term, "+")
                if tree.operator == "sum"
                else readings.multiplied(total, term, "")
            )
        return total
    if tree.operator == "prod":
        raise NotUnderstoodError(tree, "how far the product runs is not known")
    try:
        return readings.totalled(entrywise(meaning.running_over(index), tree.body))
    except MisfitError as error:
        why = f"what its {index} counts is not known, for over all entries {error}"
        raise NotUnderstoodError(tree, why) from None


def entrywise(meaning: Meaning, tree: Tree) -> Readings:
    """Return what stands under a sum with a running index: products entry by entry."""
    found = meaning.readings(tree)
    if isinstance(tree, trees.Product) and not meaning.at_indices:
        parts = [meaning.readings(factor) for factor in tree.factors
                 if not isinstance(factor, trees.Group)]  # fmt: skip
        if len(parts) == len(tree.factors):
            result = parts[0]
            for part in parts[1:]:
                result = readings.multiplied(result, part, "⊙")
            return result + found
    return found


def terms(meaning: Meaning, tree: trees.Large, index: str) -> list[Readings] | None:
    """Return the terms of a sum that is written out; None where that is not possible.

    An index runs over numbers, or over the names that begin with it: o over o1 and o2 in out_o.
    """
    first = _first(tree.below)
    last = None
    if tree.above is not None and isinstance(tree.above, Number):
        last = int(tree.above.text) if tree.above.text.isdecimal() else None
    if last is None and index not in _letters(tree.body):
        return None
    of_nodes = any(pair == (index, "1") for pair in meaning.names.pairs)
    for name in (index, "") if of_nodes else ("",):
        found: list[Readings] = []
        for place in range(first, first + MAX_TERMS):
            if last is not None and place > last:
                return found
            try:
                found.append(meaning.at_index(index, Place(f"{name}{place}")).readings(tree.body))
            except (NotUnderstoodError, MisfitError):
                if last is not None:
                    break
                if found or place - first > MOST_LEFT_OUT:
                    break
        if found and last is None:
            return found
    return None


def _running_index(below: Tree | None) -> str | None:
    match below:
        case Name(text=text):
            return text
        case trees.Comparison(sides=(Name(text=text), *_)):
            return text
        case _:
            return None


def _first(below: Tree | None) -> int:
    match below:
        case trees.Comparison(sides=(_, Number(text=text)), relations=("=",)) if text.isdecimal():
            return int(text)
        case _:
            return 1


def _letters(tree: Tree) -> set[str]:
    """Return the names in a tree, and their parts."""
    names = (part.text for part in trees.walk(tree) if isinstance(part, Name))
    return {letter for name in names for letter in (name, *spelling.split(name))}
