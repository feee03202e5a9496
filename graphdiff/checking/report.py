"""The outcome of a check: one record for each claim and link, as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Verdict = Literal["correct", "wrong", "coincidental", "undecided"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
MARKS = {"correct": "✓", "wrong": "✗", "coincidental": "≈", "undecided": "?"}


@dataclass(frozen=True)
class Result:
    """The verdict on one link of one claim.

    Attributes
    ----------
    target
        What the claim is about, as written.
    link
        The place of the link in its chain, from 1.
    claimed, expected
        What was written, and what is right, in the same form (number or formula).
    verdict
        ``"correct"``, ``"wrong"``, ``"coincidental"`` (the number is right at this point, the
        formula is not) or ``"undecided"``.
    note
        A sentence; empty where there is nothing to say.
    point
        The values of the leaves at a point that tells claim and truth apart, or None.
    """

    target: str
    link: int
    claimed: str
    expected: str
    verdict: Verdict
    note: str = ""
    point: dict[str, str] | None = None

    def __str__(self) -> str:
        line = f"{MARKS[self.verdict]} {self.target} = {self.claimed}: {self.verdict}"
        if self.verdict != "correct" and self.expected:
            line += f"; expected {self.expected}"
        return line + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True)
class Report:
    """The verdicts on all claims, in their order."""

    title: str
    results: tuple[Result, ...]

    @property
    def ok(self) -> bool:
        """Whether every link is correct."""
        return all(result.verdict == "correct" for result in self.results)

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many links have each verdict."""
        found = Counter(result.verdict for result in self.results)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def with_verdict(self, *verdicts: Verdict) -> tuple[Result, ...]:
        """Return the results with one of these verdicts."""
        return tuple(result for result in self.results if result.verdict in verdicts)

    def summary(self) -> str:
        """Return the counts as a sentence."""
        counts = [f"{count} {verdict}" for verdict, count in self.counts.items() if count]
        return ", ".join(counts) or "no claims"

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data: title, ok, counts, and a record for each link."""
        return {
            "title": self.title,
            "ok": self.ok,
            "counts": self.counts,
            "results": [asdict(result) for result in self.results],
        }

    def json(self) -> str:
        """Return the report as JSON text."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=2)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.results), self.summary()])

    def __iter__(self) -> Any:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)
