"""What other array languages have and a graph has not, and what to write in its place."""

from __future__ import annotations

from collections.abc import Mapping

_ORDER = (
    "which entry comes first hangs on the values; sort data before it becomes a value of the "
    "graph, or choose by value with gd.max, gd.min and gd.where"
)
_PLACE = (
    "a place is no smooth function of the values; x >= x.max(axis, keepdims=True) is 1 at the "
    "largest entries and 0 elsewhere, and gd.softmax is smooth"
)
_COUNT = (
    "how many entries there are would hang on the values; keep all of them and write "
    "gd.where(condition, x, 0)"
)

ADVICE: Mapping[str, str] = {
    **dict.fromkeys(
        ("sort", "argsort", "lexsort", "partition", "argpartition", "median", "quantile",
         "percentile", "topk", "searchsorted"), _ORDER),
    **dict.fromkeys(("argmax", "argmin"), _PLACE),
    **dict.fromkeys(
        ("nonzero", "flatnonzero", "argwhere", "unique", "compress", "extract"), _COUNT),
    "isnan": "values that are not finite are refused where they arise",
    "isfinite": "values that are not finite are refused where they arise",
}  # fmt: skip
"""Names of functions, and the advice to who writes them."""
