"""The catalogue: every known mistake by its key. Declarations live in the files beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from graphdiff.checking.faults.bugs import BUGS
from graphdiff.checking.faults.declaration import Fault
from graphdiff.checking.faults.slips import SLIPS


def _by_key(faults: Iterable[Fault]) -> Mapping[str, Fault]:
    found: dict[str, Fault] = {}
    for fault in faults:
        if fault.key in found:
            raise RuntimeError(f"the mistake {fault.key!r} is declared twice")
        found[fault.key] = fault
    return MappingProxyType(found)


CATALOGUE: Mapping[str, Fault] = _by_key((*SLIPS, *BUGS))
"""All of them, slips first."""
