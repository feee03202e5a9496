"""A program for another library: its text, and a function made of it when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from graphdiff.errors import GraphError, quoted_list
from graphdiff.language.shapes import shown
from graphdiff.program.arguments import Arguments
from graphdiff.program.export.maps import MAPS
from graphdiff.program.export.opened import opened
from graphdiff.program.export.straight import Library, straight
from graphdiff.program.source import compiled
from graphdiff.program.tape.transforms import Recording


class Arrays(Protocol):
    """How values become a library's arrays."""

    def kind(self, given: Sequence[Any]) -> Any:
        """Return the kind of number that values given have in common."""
        ...

    def array(self, value: Any, kind: Any) -> Any:
        """Return a value given as an array."""
        ...

    def held(self, value: Any, kind: Any) -> Any:
        """Return a value of the graph as an array."""
        ...

    def constant(self, value: np.ndarray) -> Any:
        """Return an array that never changes."""
        ...


@dataclass(frozen=True, eq=False)
class Exported:
    """A program written for another library.

    It is called as the step it comes from: with values by name or in the order of the leaves,
    those left out as the graph has them, in the numbers of the arrays it is given.

    Attributes
    ----------
    source
        Its text, which needs the library and nothing else. It is there without the library.
    constants
        Arrays that the text uses and that are too large to stand in it, by name.
    """

    source: str
    constants: Mapping[str, np.ndarray]
    _library: str
    _title: str
    _arrays: Callable[[], Arrays]
    _arguments: Arguments
    _shapes: Mapping[str, tuple[int, ...]]

    def __call__(self, /, *values: Any, **named: Any) -> Any:
        """Return what the step returns, as arrays of the library."""
        return self.function(*values, **named)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the functions, which are made when they are asked for."""
        made = ("function", "of_arrays")
        return {name: entry for name, entry in vars(self).items() if name not in made}

    def __repr__(self) -> str:
        return f"<{self._title} program of {quoted_list(self._arguments.names)}>"

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The program as a plain function; the library is imported now.

        Raises
        ------
        GraphError
            If the library is not installed.
        """
        straight = self.of_arrays
        arrays = self._arrays()

        def step(*values: Any, **named: Any) -> Any:
            held = self._arguments.held
            bound = dict(zip(held, self._arguments.bound(values, named), strict=True))
            given = [bound[name] for name in self._shapes if bound[name] is not held[name]]
            kind = arrays.kind(given)
            return straight(*(self._array(arrays, name, bound[name], kind) for name in held))

        names = quoted_list(self._arguments.names)
        step.__doc__ = f"Compute with {self._title}; the leaves are {names}."
        return step

    @cached_property
    def of_arrays(self) -> Callable[..., Any]:
        """The function that the text defines: of the library's arrays, all of them, in order.

        Raises
        ------
        GraphError
            If the library is not installed.
        """
        try:
            importlib.import_module(self._library)
        except ImportError:
            raise GraphError(
                f"{self._title} is not installed; install graphdiff-explorer[{self._library}], "
                "or take the text alone: .source"
            ) from None
        arrays = self._arrays()
        constants = {name: arrays.constant(found) for name, found in self.constants.items()}
        return compiled(self.source, constants, f"{self._library} step")

    def _array(self, arrays: Arrays, name: str, value: Any, kind: Any) -> Any:
        """Return a value as the text takes it, or None where it is not used."""
        if name not in self._shapes:
            return None
        if value is None:
            raise GraphError(
                f"no value for {name!r}; give it when building the graph, or here: {name}=1"
            )
        if value is self._arguments.held[name]:
            return arrays.held(value, kind)
        array, wanted = arrays.array(value, kind), self._shapes[name]
        if tuple(array.shape) != wanted:
            raise GraphError(
                f"the value of {name!r} has shape {shown(tuple(array.shape))}; it must have shape "
                f"{shown(wanted)}; for samples use vmap"
            )
        return array


def exported(
    recording: Recording,
    arguments: Arguments,
    library: Library,
    module: str,
    arrays: Callable[[], Arrays],
    about: str,
) -> Exported:
    """Return a recording as a program for a library.

    Parameters
    ----------
    arguments
        What it takes, and the values held for what is left out.
    module
        The name the library is imported and installed by.
    """
    tape = opened(recording.tape, MAPS, library.title)
    text = straight(
        tape, recording.result, arguments.names, library, about or f"in {library.title}"
    )
    shapes = {name: tape.shapes[k] for name, k in tape.leaves.items()}
    return Exported(text.source, text.constants, module, library.title, arrays, arguments, shapes)
