"""The verbs of a graph stand in classes, by what they are about."""

import inspect
import pickle

import pytest

import graphdiff as gd
from graphdiff.graph import ComputationalGraph

ABOUT = gd.Graph.__bases__


def names_of(kind):
    """Return what a class declares itself, but for what every class has."""
    return vars(kind).keys() - vars(type("Empty", (), {})).keys()


def test_each_verb_stands_in_one_class():
    declared = [name for kind in (gd.Graph, *ABOUT) for name in names_of(kind)]
    assert sorted(declared) == sorted(set(declared))


@pytest.mark.parametrize("kind", ABOUT, ids=lambda kind: kind.__name__)
def test_the_classes_of_verbs_build_on_the_graph_alone(kind):
    assert kind.__bases__ == (ComputationalGraph,)
    assert names_of(kind) & set(dir(ComputationalGraph)) <= {"drawing"}
    assert vars(kind()).keys() == vars(ComputationalGraph()).keys()


def test_a_graph_is_known_by_the_name_it_always_had():
    assert f"{gd.Graph.__module__}.{gd.Graph.__qualname__}" == "graphdiff.workbench.Graph"
    assert b"verbs" not in pickle.dumps(gd.models.mlp([2, 2, 1]))


def test_every_verb_is_told():
    verbs = [verb for name, verb in inspect.getmembers(gd.Graph) if not name.startswith("_")]
    assert all(inspect.getdoc(verb) for verb in verbs)
