"""Settings for all tests, and which of them are quick.

``GRAPHDIFF_EXPLORE`` is a number of which new random examples are made, in tests in an order
of chance; ``GRAPHDIFF_SECONDS`` after which no further test begins.
"""

import gc
import os
import random
import re
import time
from functools import cache

import numpy as np  # noqa: F401 - has a generator
import pytest
from browser import chromium as chromium
from browser import opened as opened
from hypothesis import HealthCheck, given, settings, strategies
from limited import limited as limited
from node_server import node as node

EXPLORE = os.environ.get("GRAPHDIFF_EXPLORE")
os.environ.setdefault("GRAPHDIFF_RAISE", "1")  # defects that are passed over fail tests
END = time.monotonic() + float(os.environ.get("GRAPHDIFF_SECONDS", "inf"))


def pytest_configure(config):
    """Draw fewer random examples where only the quick tests run."""
    quick = config.option.markexpr == "quick"
    settings.register_profile(
        "graphdiff",
        deadline=None,
        max_examples=int(os.environ.get("GRAPHDIFF_EXAMPLES", "6" if quick else "60")),
        derandomize=not EXPLORE,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    settings.load_profile("graphdiff")
    if EXPLORE:
        config.option.hypothesis_seed = EXPLORE


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark one case of each test as quick, but for those marked as slow."""
    seen = set()
    for item in items:
        test = item.path, getattr(item, "originalname", item.name)
        if test not in seen and not item.get_closest_marker("slow"):
            item.add_marker("quick")
        seen.add(test)
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("random")
    if EXPLORE:
        random.Random(EXPLORE).shuffle(items)


@cache
def _find_generators():
    """Let Hypothesis find the generators of random numbers, as it does in its first test.

    It looks for what refers to them, and finds nothing that is frozen.
    """
    given(strategies.none())(lambda _: None)()


@pytest.fixture(autouse=True, scope="module")
def _what_is_kept_is_collected_no_more():
    """Leave what other tests keep out of collections: they would take the time of a budget."""
    _find_generators()
    gc.collect()
    gc.freeze()


def pytest_runtest_setup():
    if time.monotonic() > END:
        pytest.skip("the time is up")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test of random examples that leaves out more of them than it tries."""
    result = yield
    counts = getattr(item, "hypothesis_statistics", "")
    for passing, invalid in re.findall(r"(\d+) passing.*?(\d+) invalid", counts):
        if int(invalid) > int(passing) + 10:
            pytest.fail(f"{invalid} examples were left out, and {passing} tried")
    return result
