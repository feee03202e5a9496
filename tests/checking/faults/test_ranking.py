"""What is told of several mistakes that fit: some always is, each thing once."""

from hypothesis import given
from hypothesis import strategies as st

from graphdiff.checking.diagnoses import Explanation
from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.checking.faults.ranking import TOLD, Fit, diagnosis

OVER = sorted((upper, lower) for upper, fault in CATALOGUE.items() for lower in fault.over)


def fit(key, likely, where, effect):
    return Fit(Explanation((key,), key, "", "", where), likely, 0.0, effect=effect)


fits = st.builds(
    fit,
    st.sampled_from([*CATALOGUE, *sum(OVER, ())]),
    st.floats(0.5, 1),
    st.sampled_from(["", "J[x->a]", "J[a->L]"]),
    st.sampled_from([None, b"", b"other"]),
)


def test_no_mistake_stands_over_itself():
    under = {key: set(fault.over) for key, fault in CATALOGUE.items()}
    for _ in CATALOGUE:
        under = {key: keys.union(*(under[lower] for lower in keys)) for key, keys in under.items()}
    assert not [key for key, keys in under.items() if key in keys]


@given(st.lists(fits, min_size=1, max_size=6))
def test_one_of_the_mistakes_that_fit_is_told(several):
    found = diagnosis(several)
    assert 1 <= len(found.explanations) <= min(TOLD, len(several))
    assert {each.faults for each in found.explanations} <= {f.explanation.faults for f in several}


@given(
    st.sampled_from(OVER), st.floats(0.5, 1), st.floats(0.5, 1), st.sampled_from([None, b"", b"1"])
)
def test_of_two_that_do_the_same_the_upper_one_is_told(over, likely, unlikely, effect):
    """However likely each is, and though they are made at the same place."""
    upper, lower = over
    found = diagnosis(
        [fit(upper, likely, "J[x->a]", effect), fit(lower, unlikely, "J[x->a]", effect)]
    )
    assert [each.faults for each in found.explanations] == [(upper,)]
