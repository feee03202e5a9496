"""The names of nodes and of groups, and what is none."""

from __future__ import annotations

import unicodedata
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.errors.plain_text import is_seen

MAX_NAME = 100


def checked_name(name: Any) -> str:
    """Return a node's name in its normal form, or say why it is none."""
    if not isinstance(name, str):
        raise GraphError(f"a node's name must be a text, not {name!r}")
    if name.isascii():
        if name.isidentifier() and len(name) <= MAX_NAME:
            return name
    else:
        name = unicodedata.normalize("NFC", name)
    if not name.isidentifier() or "·" in name or len(name) > MAX_NAME:
        raise GraphError(
            f"{name[:MAX_NAME]!r} cannot be a node's name; use letters, digits and _, beginning "
            f"with a letter, at most {MAX_NAME}"
        )
    if not is_seen(name):
        raise GraphError(
            f"{name!r} cannot be a node's name; it has signs that are not seen, or more marks on a "
            "letter than can be read"
        )
    return name


def checked_group_name(name: Any) -> str:
    """Return a group's name, a line of text, or say why it is none."""
    if not isinstance(name, str) or not name.strip() or not is_seen(name):
        raise GraphError(f"{name!r:.60} cannot be a group's name; give it a line of text")
    if len(name) > MAX_NAME:
        raise GraphError(
            f"the group's name {name[:20]!r}… has {len(name)} characters, more than {MAX_NAME}"
        )
    return name
