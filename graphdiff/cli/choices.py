"""Arguments of the command line from a record of choices."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Container
from dataclasses import Field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from graphdiff.drawing.choices import Choices, checked
from graphdiff.errors import GraphdiffError


def add_choices(
    command: argparse.ArgumentParser, record: type[Choices], *, but: Container[str] = ()
) -> None:
    """Add an argument for each choice of a record; one that is not given is not in the answer."""
    types = get_type_hints(record)
    for one in fields(record):
        if one.name not in but:
            command.add_argument(
                f"--{one.name.replace('_', '-')}",
                default=argparse.SUPPRESS,
                help=_help(one),
                **_reading(one, types[one.name]),
            )


def given_choices(given: argparse.Namespace, record: type[Choices]) -> dict[str, Any]:
    """Return the choices of a record that are given."""
    found: dict[str, Any] = {}
    for one in fields(record):
        if one.name in given:
            said = getattr(given, one.name)
            texts = one.metadata["texts"]
            found[one.name] = texts(said) if texts else said
    return found


def _help(one: Field[Any]) -> str:
    said = one.metadata["said"].removeprefix("whether to ")
    default = "" if one.default in (None, False) else f" ({one.default})"
    several = "; here NAME=… for one, and again for another" if one.metadata["texts"] else ""
    return re.sub('``"?|"?``', "", said) + several + default


def _reading(one: Field[Any], kind: Any) -> dict[str, Any]:
    """Return how an argument of a type is read."""
    if kind is bool and not one.default:
        return {"action": "store_true"}
    if bool in (kind, *get_args(kind)):
        return {"action": argparse.BooleanOptionalAction}
    if get_origin(kind) is tuple:
        return {"action": "append", "metavar": "NAME"}  # may be repeated
    if one.metadata["texts"]:
        return {"action": "append", "metavar": "NAME=…", "type": _checking_texts(one)}
    if get_origin(kind) is Literal:
        return {"type": _checking(one, str), "metavar": f"{{{','.join(get_args(kind))}}}"}
    kinds = (kind, *get_args(kind))
    number = next((each for each in (int, float) if each in kinds and str not in kinds), str)
    return {"type": _checking(one, number), "metavar": one.name[0].upper()}


def _checking_texts(one: Field[Any]) -> Callable[[str], str]:
    """Return what checks one of several arguments, and leaves it to be read with the others."""

    def read(text: str) -> str:
        try:
            checked(one, one.metadata["texts"]([text]))
        except GraphdiffError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return text

    return read


def _checking(one: Field[Any], kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads a text and checks it, with errors as the command line tells them."""

    def read(text: str) -> Any:
        try:
            given = kind(text)
        except ValueError:
            given = text
        try:
            checked(one, given)
        except GraphdiffError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return given

    return read
