"""The search takes counted work: the same is found on any machine, and a page comes to its end."""

from __future__ import annotations

import itertools

import pytest

import graphdiff as gd
from graphdiff.checking import sampling
from graphdiff.checking.diagnoses import NONE_FITS
from graphdiff.checking.faults import effort
from graphdiff.checking.faults.candidates import Candidates
from graphdiff.checking.faults.effort import Effort, Tries, Work
from graphdiff.checking.points import Point
from graphdiff.checking.targets import target as read_target


def chain(many=8):
    g = gd.Graph("chain")
    x = a = g.input("x", 0.5)
    for k in range(many):
        w = g.parameter(f"w{k}", 0.3 + 0.1 * k)
        a = g.node(f"a{k}", gd.tanh(w * a + x))
    g.node("L", (a - 1) ** 2 / 2)
    return g


def counted(costs):
    """Return tries of which each third comes to nothing."""
    work = Work()

    def each():
        for k, cost in enumerate(costs):
            work.done += cost
            yield None if k % 3 == 2 else k

    return Tries(each, work, list)


@pytest.mark.parametrize("order", list(itertools.permutations((3, 12, 30, 200))))
def test_what_is_found_depends_on_the_work_alone(order):
    costs = [5, 1, 7, 2, 9, 4, 4, 8]
    together = counted(costs)
    for units in order:
        alone = counted(costs).within(units)
        assert together.within(units) == alone
        found, taken, is_all = alone
        fit = [k for k, upto in enumerate(itertools.accumulate(costs)) if upto <= units]
        assert found == [k for k in fit if k % 3 != 2]
        assert is_all == (len(fit) == len(costs))
        assert taken == sum(costs[: len(fit) + 1])


def test_trying_begins_anew_after_an_interruption():
    work, tries = Work(), []

    def each():
        tries.append(len(tries))
        work.done += 1
        yield 1
        if len(tries) == 1:
            raise MemoryError
        work.done += 1
        yield 2

    several = Tries(each, work, list)
    with pytest.raises(MemoryError):
        several.within(10)
    assert several.within(10) == ([1, 2], 2, True)


def test_the_likeliest_are_tried_first_and_more_work_only_adds():
    g = chain()
    leaves = {leaf.name: sampling.exactly(leaf.value) for leaf in g.leaves}
    point = Point(g, leaves).in_floats
    found = Candidates([point], read_target(g, "dL/dx", g.output))
    all_of_them, whole, _ = found.singles.within(10**9)
    some, few = (found.singles.within(whole * part // 6)[0] for part in (5, 4))
    assert 0 < len(few) < len(some) < len(all_of_them)
    assert few == some[: len(few)]
    assert some == all_of_them[: len(some)]
    likely = [each.likely for each in all_of_them]
    assert likely == sorted(likely, reverse=True)


@pytest.mark.parametrize("wrong", [1, 10, 200])
def test_wrong_lines_share_the_work_of_a_page(wrong):
    page, given = Effort(200), []
    for k in range(200):
        page.judged()
        if k < wrong:
            with page.share() as work:
                given.append(work.left)
                work.take(work.left)
    assert sum(given) <= effort.PAGE
    assert min(given) >= effort.PAGE // 1000
    assert given[0] == effort.LINE


def test_a_page_of_wrong_lines_says_where_the_search_ended(monkeypatch):
    monkeypatch.setattr(effort, "PAGE", 6000)
    g = chain()
    claims = [(f"dL/dw{k % 8}", f"{0.1234 + 0.0711 * k:.4f}") for k in range(40)]
    report = g.check(claims)
    said = [result.diagnosis.said for result in report if result.verdict == "wrong"]
    assert len(said) == 40
    ended = [one for one in said if "not all were tried" in one or "was looked for" in one]
    assert ended and NONE_FITS not in ended
    again = [result.diagnosis for result in chain().check(claims)]
    assert again == [result.diagnosis for result in report]
