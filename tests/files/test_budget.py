"""Budgets end one evaluation wherever it is, and leave what is around them as it was."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from graphdiff.errors import BudgetError
from graphdiff.files import budget

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no such timer here")


def spin(seconds=10.0):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def used(work):
    """Return the CPU time that ends with a BudgetError, and what it says."""
    began = time.process_time()
    with pytest.raises(BudgetError) as caught:
        work()
    return time.process_time() - began, str(caught.value)


def test_an_evaluation_is_ended():
    def work():
        with budget.cpu(0.2):
            spin()

    seconds, said = used(work)
    assert 0.15 < seconds < 0.5
    assert said == "it takes more than 0.2 s to compute"


def test_what_is_within_its_budget_is_left_alone():
    with budget.cpu(0.2):
        spin(0.05)
    spin(0.3)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_it_cannot_be_swallowed():
    def work():
        with budget.cpu(0.1):
            while True:
                with contextlib.suppress(BudgetError):
                    spin(0.5)
                with contextlib.suppress(BaseException):
                    spin(0.5)
                if time.process_time() > until:
                    return
                spin(0.2)

    until = time.process_time() + 5
    assert used(work)[0] < 1


@pytest.mark.parametrize(("outer", "inner"), [(0.1, 5), (5, 0.1)])
def test_of_two_the_smaller_counts(outer, inner):
    def work():
        with budget.cpu(outer), budget.cpu(inner):
            spin()

    seconds, said = used(work)
    assert seconds < 0.5
    assert "0.1 s" in said


def test_the_outer_one_goes_on_after_the_inner():
    def work():
        with budget.cpu(0.3):
            with contextlib.suppress(BudgetError), budget.cpu(0.1):
                spin()
            spin(0.1)
            with budget.cpu(0.05):
                pass
            spin()

    seconds, said = used(work)
    assert 0.25 < seconds < 0.6
    assert "0.3 s" in said


def test_an_outer_one_that_is_over_is_not_swallowed_by_who_catches_the_inner():
    def work():
        with budget.cpu(0.1):
            for _ in range(20):
                with contextlib.suppress(BudgetError), budget.cpu(1):
                    spin(0.2)

    assert used(work)[0] < 0.5


def test_another_thread_is_not_interrupted_and_interrupts_none():
    ended = []

    def work():
        with budget.cpu(0.05):
            spin(0.2)
        ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    spin(0.2)
    thread.join()
    assert ended == [True]


def test_a_timer_of_the_program_is_left_alone():
    before = signal.signal(signal.SIGPROF, lambda *_: None)
    try:
        with budget.cpu(0.05):
            spin(0.1)
        assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGPROF, before)


def test_many_short_budgets_race_with_no_signal():
    def work():
        while True:
            with contextlib.suppress(BudgetError), budget.cpu(0.0005):
                spin(0.001)

    with pytest.raises(BudgetError, match=r"0\.5 s"), budget.cpu(0.5):
        work()
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


@pytest.fixture
def without_end():
    yield
    budget.begin(float("inf"))


def test_the_time_for_a_file(without_end):
    assert budget.left() == float("inf")
    budget.begin(0.1)
    assert 0 < budget.left() <= 0.1
    with pytest.raises(BudgetError, match="time for the file is used up"), budget.cpu(2):
        spin()
    with pytest.raises(BudgetError, match="time for the file is used up"), budget.cpu(2):
        raise AssertionError("not reached")


def in_a_process(program):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what is mapped is not known")
def test_memory_is_limited_beyond_what_is_mapped():
    program = (
        "from graphdiff.files import budget\n"
        "budget.limit_memory(100_000_000)\n"
        "kept = bytearray(50_000_000)\n"
        "try: bytearray(200_000_000)\n"
        "except MemoryError: print('refused')\n"
        "budget.limit_memory(900_000_000)\n"
        "try: bytearray(200_000_000)\n"
        "except MemoryError: print('not raised again')\n"
    )
    assert in_a_process(program).stdout == "refused\nnot raised again\n"


def test_cpu_time_of_a_process_is_limited():
    done = in_a_process(
        "from graphdiff.files import budget\nbudget.limit_cpu(0.5)\nwhile True: pass"
    )
    assert done.returncode == -signal.SIGXCPU
