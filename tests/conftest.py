"""Settings for all tests."""

import os

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
