"""Which known mistakes give just what was claimed: what is said beside a line that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NONE_FITS = "no known mistake fits"


@dataclass(frozen=True)
class Explanation:
    """One known mistake, or two together, that give just what was claimed.

    Attributes
    ----------
    faults
        The keys of the mistakes in the catalogue, one or two.
    sentence
        What was done, and where, as a clause: ``"the factor σ′(z) is left out"``.
    hint
        What to look at; it does not give the answer away.
    reference
        The rule that it is against.
    where
        The edge, node, step or entries it was made at; empty where that cannot be told.
    """

    faults: tuple[str, ...]
    sentence: str
    hint: str
    reference: str
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain data."""
        return {**asdict(self), "faults": list(self.faults)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Explanation:
        """Return what :meth:`to_json` made."""
        entries: dict[str, Any] = {**record, "faults": tuple(record["faults"])}
        return cls(**entries)


@dataclass(frozen=True)
class Diagnosis:
    """What a line that is wrong may have come of.

    Attributes
    ----------
    explanations
        The mistakes that give what was claimed, the most likely first; none if no known one does.
    certain
        Whether only one kind of mistake fits, and not by chance.
    unsearched
        Why none was looked for, or not among all; empty where that was done.
    weights
        How likely each is beside the others; records do not have it.

    Examples
    --------
    >>> dropped = Explanation(("sign",), "the sign is turned round", "", "")
    >>> Diagnosis((dropped,), certain=False).said
    'it looks as if the sign is turned round'
    >>> Diagnosis((), certain=False).said
    'no known mistake fits'
    """

    explanations: tuple[Explanation, ...]
    certain: bool
    unsearched: str = ""
    weights: tuple[float, ...] = field(default=(), compare=False, repr=False)

    @property
    def said(self) -> str:
        """It in one line."""
        if not self.explanations:
            return self.unsearched or NONE_FITS
        first, *others = dict.fromkeys(each.sentence for each in self.explanations)
        if others and not self.certain:
            return f"either {first}, or {', or '.join(others)}"
        return first if self.certain else f"it looks as if {first}"

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain data, with what is said in one line."""
        explanations = [explanation.to_json() for explanation in self.explanations]
        found = {"said": self.said, "certain": self.certain, "explanations": explanations}
        return {**found, "unsearched": self.unsearched} if self.unsearched else found

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Diagnosis:
        """Return what :meth:`to_json` made."""
        found = tuple(map(Explanation.from_json, record["explanations"]))
        return cls(found, record["certain"], record.get("unsearched", ""))
