"""Choices declared once: a field of a record, with its default, its check and its sentence.

From the record follow the keywords of functions, with signature and documentation, and the
arguments of the command line.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar, get_type_hints

F = TypeVar("F", bound=Callable[..., Any])

PLACEHOLDER = "{choices}"
"""The line of a docstring in whose place the choices are told."""
WIDTH = 88


def choice(
    default: object,
    said: str,
    check: Callable[[Any], object],
    texts: Callable[[list[str]], Any] | None = None,
) -> Any:
    """Declare a field of a record of choices.

    Parameters
    ----------
    default
        What is checked if nothing is given.
    said
        What it is and what is valid, a sentence without its stop; values are in double quotes.
    check
        Returns what is given in the form the record holds, or raises an error that says what is
        valid.
    texts
        Returns what is given by arguments of the command line, where that may be repeated.
    """
    return field(default=default, metadata={"said": said, "check": check, "texts": texts})


def checked(one: Field[Any], given: object) -> Any:
    """Return what is given for a choice in the form its record holds, or raise its error."""
    return one.metadata["check"](given)


@dataclass(frozen=True)
class Choices:
    """A record of choices, each checked when it is made."""

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, checked(one, getattr(self, one.name)))


def takes(record: type[Choices], keywords: type) -> Callable[[F], F]:
    """Tell a function's ``**choices`` one by one, in its signature and its docstring.

    Parameters
    ----------
    keywords
        The ``TypedDict`` of the choices as they are given.
    """

    def decorated(function: F) -> F:
        signature = inspect.signature(function)
        hints = get_type_hints(keywords)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        own += [
            inspect.Parameter(
                one.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=one.default,
                annotation=hints[one.name],
            )
            for one in fields(record)
        ]
        function.__signature__ = signature.replace(parameters=own)  # type: ignore[attr-defined]
        function.__doc__ = _told(function.__doc__ or "", record)
        return function

    return decorated


def _told(documented: str, record: type[Choices]) -> str:
    before, _, after = documented.partition(PLACEHOLDER)
    margin = before.rpartition("\n")[2]
    told = []
    for one in fields(record):
        said = one.metadata["said"]
        lines = textwrap.wrap(f"{said[:1].upper()}{said[1:]}.", WIDTH)
        told += [one.name, *(f"    {line}" for line in lines)]
    return before + f"\n{margin}".join(told) + after
