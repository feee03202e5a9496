"""Settings for all tests."""

import os
import re

import pytest
from hypothesis import HealthCheck, settings
from limited import limited as limited

settings.register_profile(
    "default",
    deadline=None,
    max_examples=int(os.environ.get("GRAPHDIFF_EXAMPLES", "60")),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("default")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test of random examples that left out more of them than it tried."""
    result = yield
    counts = getattr(item, "hypothesis_statistics", "")
    for passing, invalid in re.findall(r"(\d+) passing .*?(\d+) invalid", counts):
        if int(invalid) > int(passing):
            pytest.fail(f"{invalid} examples were left out, and {passing} tried")
    return result
