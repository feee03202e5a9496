"""The two conventions of what a perceptron puts out, which differ where net is exactly 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphdiff.errors import GraphError, unknown


@dataclass(frozen=True, repr=False)
class Convention:
    """How truth is written, as an input and as an output.

    Attributes
    ----------
    name
        ``"binary"`` or ``"bipolar"``.
    false, true
        The two values.
    activation
        The activation that puts them out.
    rule
        When the output is true.
    """

    name: str
    false: int
    true: int
    activation: str
    rule: str

    def __repr__(self) -> str:
        return f"<{self.name}: false is {self.false}, true is {self.true} where {self.rule}>"

    @property
    def values(self) -> tuple[int, int]:
        """False, then true."""
        return self.false, self.true

    def written(self, truth: bool) -> int:
        """Return the value that stands for a truth."""
        return self.true if truth else self.false

    def read(self, value: Any, what: str) -> bool:
        """Return the truth a value stands for.

        Raises
        ------
        GraphError
            For another value.
        """
        if isinstance(value, bool) or value not in self.values:
            raise GraphError(
                f"{what} is {value!r:.40}; the {self.name} convention has {self.false} for false "
                f"and {self.true} for true"
            )
        return bool(value == self.true)


CONVENTIONS: Mapping[str, Convention] = MappingProxyType(
    {
        "binary": Convention("binary", 0, 1, "step", "net ≥ 0"),
        "bipolar": Convention("bipolar", -1, 1, "bipolar", "net > 0"),
    }
)
"""By name: ``"binary"``, 1 where net ≥ 0, else 0; ``"bipolar"``, 1 where net > 0, else −1."""


_STRICT = Convention("strict binary", 0, 1, "strict_step", "net > 0")
_CLOSED = Convention("closed bipolar", -1, 1, "bipolar_step", "net ≥ 0")
_THRESHOLDS = (*CONVENTIONS.values(), _STRICT, _CLOSED)
"""What each threshold puts out; gates have the first two."""


def convention(name: object) -> Convention:
    """Return a convention by its name.

    Raises
    ------
    UnknownNameError
        Naming the two there are.
    """
    if isinstance(name, Convention):
        return name
    if name not in CONVENTIONS:
        raise unknown("convention", str(name), CONVENTIONS)
    return CONVENTIONS[str(name)]


def of_activation(activation: str) -> Convention | None:
    """Return the convention whose outputs an activation puts out, if it is a threshold."""
    return next((c for c in _THRESHOLDS if c.activation == activation), None)
