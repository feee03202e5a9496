"""Which known mistakes give just what was claimed: what is said beside a line that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NONE_FITS = "no known mistake fits"

ARITHMETIC = "arithmetic"
"""The key of the mistake that only says where something went wrong in computing."""


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

    @property
    def is_general(self) -> bool:
        """Whether it only says where something went wrong in computing."""
        return self.faults == (ARITHMETIC,)

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
        first, *others = dict.fromkeys(self._alternatives())
        if others and not self.certain:
            return f"either {first}, or {', or '.join(others)}"
        is_fact = self.certain or first != self.explanations[0].sentence
        return first if is_fact else f"it looks as if {first}"

    def _alternatives(self) -> Iterator[str]:
        """Yield what is said of each mistake; of slips in one step together."""
        where = next((one.where for one in self.explanations if one.is_general), "")
        of_step = [one for one in self.explanations if where and one.where == where]
        for one in self.explanations:
            if len(of_step) < 2 or one not in of_step:
                yield one.sentence
            elif one is of_step[0]:
                (said,) = (each.sentence for each in of_step if each.is_general)
                slips = dict.fromkeys(each.sentence for each in of_step if not each.is_general)
                yield f"{said} (perhaps {', or '.join(slips)})"

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
