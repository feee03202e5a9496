"""What a statement of a page claims: a target, and the sides claimed to equal it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graphdiff.checking.claim_records import Side as ClaimSide
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.targets import Target
from graphdiff.files.mathematics.trees import Side


class Link(NamedTuple):
    """A side of a chain, with the ways to read it.

    Attributes
    ----------
    side
        Where it stands, and the relation before it.
    ways
        What it may mean; none where it cannot be read.
    problem
        Why it cannot be read, or why its arrays do not fit.
    unread
        Whether it cannot be read.
    unknown_function
        What a program calls a function that is defined nowhere here, for which it cannot be read.
    """

    side: Side
    ways: tuple[ClaimSide, ...]
    problem: str = ""
    unread: bool = False
    unknown_function: str = ""


@dataclass(frozen=True)
class Chain:
    """A target with the sides claimed to equal it.

    Attributes
    ----------
    line
        Where it stands.
    written
        The target, as it stands on the page.
    targets
        What it may be; none where that cannot be told.
    links
        The sides.
    problem
        Why the target cannot be told.
    instances
        What a statement with open indices says of each, ∂L/∂z_i = p_i − y_i.
    at
        The numbers that stand in an instance for open indices.
    """

    line: Line
    written: str
    targets: tuple[Target, ...]
    links: tuple[Link, ...]
    problem: str = ""
    instances: tuple[Chain, ...] = ()
    at: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def is_unread(self) -> bool:
        """Whether a part of it cannot be read."""
        return not self.targets or any(link.unread for link in self.links)
