"""What the public functions return is said precisely, and their choices are declared once."""

import inspect
from dataclasses import fields
from typing import get_type_hints

import pytest

import graphdiff as gd
from graphdiff import checking, drawing, exercises, models, testing, workbench
from graphdiff.drawing import options
from graphdiff.drawing.choices import checked
from graphdiff.verbs import derivations, evaluation, formulas, pictures

MODULES = [
    gd, workbench, evaluation, formulas, derivations, pictures,
    drawing, exercises, models, testing, checking,
]  # fmt: skip
"""Where public functions and classes stand, and what verbs return."""


def functions():
    """Yield every public function, and every public method of a public class."""
    for module in MODULES:
        names = getattr(module, "__all__", [name for name in vars(module) if name[0] != "_"])
        for found in (getattr(module, name) for name in names):
            if not getattr(found, "__module__", "").startswith("graphdiff"):
                continue
            if inspect.isfunction(found):
                yield found
            elif inspect.isclass(found):
                methods = (getattr(found, name) for name in dir(found) if name[0] != "_")
                yield from (m for m in methods if inspect.isfunction(m) or inspect.ismethod(m))


FUNCTIONS = {f"{made.__module__}.{made.__qualname__}": made for made in functions()}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.startswith("graphdiff.")])
def test_no_function_returns_just_anything(name):
    said = inspect.signature(FUNCTIONS[name]).return_annotation
    assert said is not inspect.Signature.empty
    assert str(said).removeprefix("typing.") != "Any"


def test_the_verbs_are_among_them():
    of = ("graphdiff.verbs.", "graphdiff.workbench.Graph.")
    verbs = {made.__name__ for name, made in FUNCTIONS.items() if name.startswith(of)}
    assert verbs >= {"forward", "backward", "gradient", "hessian", "local_jacobian", "draw", "save"}


RECORDS = {
    options.Options: options.OptionKeywords,
    options.Saving: options.SavingKeywords,
    options.SavingSteps: options.SavingStepsKeywords,
}


@pytest.mark.parametrize("record", RECORDS)
def test_a_choice_has_the_same_name_and_default_everywhere(record):
    assert [one.name for one in fields(record)] == list(get_type_hints(RECORDS[record]))
    for one in fields(record):
        assert checked(one, one.default) == getattr(record(), one.name)


@pytest.mark.parametrize(
    ("function", "record"),
    [
        (gd.Graph.draw, options.Options),
        (gd.Graph.frames, options.Options),
        (drawing.Picture.save, options.Saving),
        (drawing.Frames.save, options.SavingSteps),
    ],
)
def test_functions_tell_all_choices(function, record):
    parameters = inspect.signature(function).parameters
    for one in fields(record):
        assert parameters[one.name].default == one.default
        assert f"\n        {one.name}\n" in inspect.getdoc(function).replace("\n", "\n        ")
    assert "choices" not in parameters
    assert "{choices}" not in function.__doc__
