"""Names of variables in generated programs."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Container


class Naming:
    """Gives each thing a variable of its own, called as the graph calls it where that can be.

    Python reads letters in their compatibility form (ℓ as l), so names that differ in the
    graph may be one in Python; the second gets a number.
    """

    def __init__(self, reserved: Container[str] = ()) -> None:
        self._reserved = reserved
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}  # the number behind each name that several have wanted

    def variable(self, wanted: str) -> str:
        """Return a variable that is not taken yet."""
        base = unicodedata.normalize("NFKC", wanted)
        if not base.isidentifier():
            base = "_" + "".join(c if c.isidentifier() or c.isdigit() else "_" for c in base)
        count = self._last.get(base, 1)
        name = base if count == 1 else f"{base}_{count}"
        while name in self._taken or name in self._reserved or _is_keyword(name):
            count += 1
            name = f"{base}_{count}"
        self._taken.add(name)
        self._last[base] = count
        return name


def _is_keyword(name: str) -> bool:
    """Whether Python lets no variable be called so."""
    return keyword.iskeyword(name) or name == "__debug__"
