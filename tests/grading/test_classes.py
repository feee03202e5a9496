"""A whole class: whoever hands in what, the others have their marks."""

import concurrent.futures
import errno
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from a_class import ASSIGNMENT, HOSTILE, RIGHT, a_class

from graphdiff.errors import GraphdiffError
from graphdiff.files import worker
from graphdiff.grading import grade, record, running
from graphdiff.grading.running import RECORD
from graphdiff.grading.stations import Stations

pytestmark = pytest.mark.skipif(not worker.CAN_FORK, reason="processes are not forked here")

GOOD = {"ada", "bob", "eve"}


def earned(book):
    return {one.student: one.earned for one in book.graded}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What the good submissions earn when nobody else hands in anything."""
    assignment, submissions = a_class(tmp_path_factory.mktemp("alone"))
    return grade(assignment, [submissions])


def test_a_class(alone):
    assert earned(alone) == {"ada": 8, "bob": 5, "eve": 8}
    assert [one.exit_code for one in alone.graded] == [0, 1, 0]
    assert str(alone) == (
        "One neuron\n"
        "student  z    a    dL/dw  dL/db  of 8\n"
        "-------  ---  ---  -----  -----  ----\n"
        "ada      ✓ 1  ✓ 2  ✓ 4    ✓ 1    8\n"
        "bob      ✓ 1  ✗    ✓ 4    ✗      5\n"
        "eve      ✓ 1  ✓ 2  ✓ 4    ✓ 1    8\n"
        "2 all correct, 1 with something wrong or missing; 7 of 8 points on average"
    )


@pytest.mark.slow
def test_hostile_files_cost_the_others_nothing(alone, tmp_path):
    assignment, submissions = a_class(tmp_path, hostile=True)
    book = grade(assignment, [submissions], limits=running.LIMITS._replace(seconds=10))
    assert len(book.graded) == len(GOOD) + len(HOSTILE) + 3
    for one in book.graded:
        told = f"{one.student}{one.file}{one.problem}"
        assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in told), told
        assert "\n" not in told
        if one.student not in GOOD:
            assert one.earned == 0
            assert one.exit_code > 0
    kept = tuple(one for one in book.graded if one.student in GOOD)
    assert [one.marks for one in kept] == [one.marks for one in alone.graded]
    problems = {one.student: one.problem for one in book.graded if one.problem}
    assert {"huge", "deep", "binary", "zero", "empty"} <= problems.keys()
    assert "link" in problems["device"]
    assert "link" in problems["answers"]
    assert "pipe" in problems["pipe"]


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (os.abort, "it was ended by SIGABRT"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "it was ended by SIGSEGV"),
        (lambda: os._exit(0), "it ended by itself with code 0"),
        (lambda: bytearray(10**9), "it needs more than 500 MB of memory"),
        (lambda: time.sleep(100), "it takes more than 3 s"),
        (lambda: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_what_ends_one_process_ends_no_other(alone, tmp_path, monkeypatch, end, says):
    assignment, submissions = a_class(tmp_path)
    from graphdiff.grading import executors

    graded = executors.graded

    def fails_for_bob(assignment, student, file, text):
        if student == "bob":
            end()
        return graded(assignment, student, file, text)

    monkeypatch.setattr(executors, "graded", fails_for_bob)
    limits = running.LIMITS._replace(seconds=3)
    ada, bob, eve = grade(assignment, [submissions], limits=limits).graded
    assert bob.problem.startswith(says)
    assert bob.exit_code == 2
    assert (ada.marks, eve.marks) == (alone.graded[0].marks, alone.graded[2].marks)


def test_the_order_of_submissions_does_not_matter(alone, tmp_path):
    assignment, submissions = a_class(tmp_path)
    files = sorted(submissions.iterdir())
    random.Random(1).shuffle(files)
    book = grade(assignment, [*files, files[0]], jobs=1)
    assert [one.marks for one in book.graded] == [one.marks for one in alone.graded]
    assert str(book) == str(alone)


class Late:
    """An executor like those of concurrent.futures, which does the last first."""

    def __init__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(1)

    def submit(self, function, *arguments):
        assert all(isinstance(json.loads(json.dumps(one)), type(one) | list) for one in arguments)
        return self.pool.submit(function, *arguments)


@pytest.mark.parametrize(
    "executor", ["serial", Late, lambda: concurrent.futures.ProcessPoolExecutor(2)]
)
def test_every_executor_gives_the_same_table(alone, tmp_path, executor):
    assignment, submissions = a_class(tmp_path)
    book = grade(
        assignment, [submissions], executor=executor if executor == "serial" else executor()
    )
    assert [one.to_json()["marks"] for one in book.graded] == [
        one.to_json()["marks"] for one in alone.graded
    ]
    assert str(book) == str(alone)


def test_processes_that_are_not_forked_give_the_same_table(alone, tmp_path, monkeypatch):
    assignment, submissions = a_class(tmp_path)
    monkeypatch.setattr(worker, "CAN_FORK", False)
    assert str(grade(assignment, [submissions], jobs=2)) == str(alone)


def test_a_station_that_is_late_or_fails_is_replaced():
    source = ASSIGNMENT.split("[grading")[0] + '[grading]\nrequired = ["z"]'
    stations = Stations([source, False], running.LIMITS._replace(seconds=5), 1)
    try:
        good = ("a", "a.toml", "z = 0.21")
        assert stations.submit(good).result()["done"]["earned"] == 1
        (station,) = stations._all
        stopped = station.process
        stopped.send_signal(signal.SIGSTOP)
        assert stations.submit(good).result() == {
            "problem": "it takes more than 5 s; --no-limits allows more"
        }
        assert stations.submit(good).result()["done"]["earned"] == 1
        assert station.process is not stopped
        station.process.kill()
        assert stations.submit(good).result()["problem"].startswith("it was ended by SIGKILL")
        assert stations.submit(good).result()["done"]["earned"] == 1
    finally:
        stations.close()
    assert station.process is None


def test_a_cluster_gives_the_same_table(alone, tmp_path):
    distributed = pytest.importorskip("distributed")
    assignment, submissions = a_class(tmp_path)
    options = {"dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **options) as cluster:
        book = grade(assignment, [submissions], executor=cluster.scheduler_address)
    assert str(book) == str(alone)


def test_an_executor_that_fails_is_told(tmp_path):
    class Broken:
        def submit(self, function, *arguments):
            future = concurrent.futures.Future()
            future.set_exception(RuntimeError("no workers"))
            return future

    assignment, submissions = a_class(tmp_path)
    with pytest.raises(GraphdiffError, match="the executor failed, RuntimeError: no workers"):
        grade(assignment, [submissions], executor=Broken())
    with pytest.raises(GraphdiffError, match="there is no executor 'cloud'; it is 'processes'"):
        grade(assignment, [submissions], executor="cloud")


# The record of a run


def counted(monkeypatch):
    """Return the list of whom are graded from now on."""
    from graphdiff.grading import executors

    done, each_apart = [], worker.each_apart

    def watched(works, limits, *, jobs=1):
        def told():
            for key, work in works:
                done.append(work.args[1])
                yield key, work

        return each_apart(told(), limits, jobs=jobs)

    monkeypatch.setattr(executors.worker, "each_apart", watched)
    return done


def test_what_is_known_is_not_graded_again(alone, tmp_path, monkeypatch):
    assignment, submissions = a_class(tmp_path)
    done, out = counted(monkeypatch), tmp_path / "out"
    grade(assignment, [submissions], out=out)
    assert sorted(done) == ["ada", "bob", "eve"]
    done.clear()
    assert str(grade(assignment, [submissions], out=out)) == str(alone)
    assert done == []
    (submissions / "bob.json").write_text(json.dumps(RIGHT), encoding="utf-8")  # as Ada has it
    book = grade(assignment, [submissions], out=out)
    assert (done, earned(book)["bob"]) == ([], 8)
    (submissions / "eve.md").write_text("$z = 0.21$", encoding="utf-8")
    assert earned(grade(assignment, [submissions], out=out))["eve"] == 1
    assert done == ["eve"]
    done.clear()
    assignment.write_text(ASSIGNMENT.replace("z = 1\n", "z = 2\n"), encoding="utf-8")
    assert earned(grade(assignment, [submissions], out=out))["ada"] == 9
    assert sorted(done) == ["ada", "bob", "eve"]
    done.clear()
    grade(assignment, [submissions], out=out, anew=True)
    assert sorted(done) == ["ada", "bob", "eve"]
    done.clear()
    monkeypatch.setattr("graphdiff.grading.record.__version__", "another release")
    grade(assignment, [submissions], out=out)
    assert sorted(done) == ["ada", "bob", "eve"]


@pytest.mark.parametrize(("many", "times"), [(1, 0), (20, 1)])
def test_what_is_shared_is_computed_for_many_alone(tmp_path, monkeypatch, many, times):
    from graphdiff.grading import executors

    assignment, submissions = a_class(tmp_path)
    for k in range(many):
        (submissions / f"more{k}.toml").write_text(f"z = {k}", encoding="utf-8")
    warmed = []
    monkeypatch.setattr(executors, "warm", warmed.append)
    out = tmp_path / "out"
    book = grade(assignment, [submissions], out=out)
    assert (len(book.graded), len(warmed)) == (3 + many, times)
    assert grade(assignment, [submissions], out=out) == book  # nothing is left to be graded
    assert len(warmed) == times


@pytest.mark.parametrize("cut", [1, 30, 300])
def test_a_line_that_is_half_written_is_left_out(alone, tmp_path, cut, monkeypatch):
    assignment, submissions = a_class(tmp_path)
    grade(assignment, [submissions], out=tmp_path)
    written = tmp_path / RECORD
    written.write_bytes(written.read_bytes()[:-cut])
    done = counted(monkeypatch)
    book = grade(assignment, [submissions], out=tmp_path)
    assert str(book) == str(alone)
    assert len(done) == 1
    assert len(book.remarks) == 1
    assert "its last line is cut" in book.remarks[0]
    lines = written.read_bytes().splitlines()
    assert len(lines) == 3
    assert all(json.loads(line)["key"] for line in lines)


@pytest.mark.parametrize("notes", ["my notes\n", "my notes", '{"a": 1}'])
def test_another_file_is_no_record(tmp_path, notes):
    assignment, submissions = a_class(tmp_path)
    (tmp_path / RECORD).write_text(notes, encoding="utf-8")
    with pytest.raises(GraphdiffError, match="is no record of grading"):
        grade(assignment, [submissions], out=tmp_path)
    assert (tmp_path / RECORD).read_text(encoding="utf-8") == notes


HOLDS = """
import pathlib, sys
from graphdiff.grading.record import Record
held = Record(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_one_run_at_a_time_writes_a_record(alone, tmp_path):
    assignment, submissions = a_class(tmp_path)
    command = [sys.executable, "-c", HOLDS, str(tmp_path / RECORD)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(GraphdiffError, match="another run is writing"):
            grade(assignment, [submissions], out=tmp_path)
        other.kill()  # which leaves nothing behind that would be in the way
        other.wait()
        assert str(grade(assignment, [submissions], out=tmp_path)) == str(alone)


def test_a_record_among_the_submissions_is_none_of_them(alone, tmp_path):
    assignment, submissions = a_class(tmp_path)
    for _ in range(2):
        assert str(grade(assignment, [submissions], out=submissions)) == str(alone)


def test_without_room_for_the_record_the_run_ends_and_goes_on(alone, tmp_path, monkeypatch):
    assignment, submissions = a_class(tmp_path)
    open_alone = record.open_alone

    class NearlyFull:
        def __init__(self, stream):
            self.stream, self.lines = stream, 0

        def __getattr__(self, name):
            return getattr(self.stream, name)

        def write(self, content):
            self.lines += 1
            if self.lines > 2:
                self.stream.write(content[:50])
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.stream.write(content)

    with monkeypatch.context() as patched:
        patched.setattr(record, "open_alone", lambda path: NearlyFull(open_alone(path)))
        with pytest.raises(GraphdiffError, match="no space left on device; what is graded is kept"):
            grade(assignment, [submissions], out=tmp_path)
    done = counted(monkeypatch)
    assert str(grade(assignment, [submissions], out=tmp_path)) == str(alone)
    assert len(done) == 1


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on(alone, tmp_path, monkeypatch):
    assignment, submissions = a_class(tmp_path)
    for k in range(12):
        page = f"# {k}\n" + (submissions / "eve.md").read_text(encoding="utf-8")
        (submissions / f"more{k:02}.md").write_text(page, encoding="utf-8")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "graphdiff", "grade", assignment, submissions, "-o", out]
    process = subprocess.Popen(list(map(str, [*command, "--jobs", "1"])), start_new_session=True)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if (out / RECORD).exists() and len((out / RECORD).read_bytes().splitlines()) >= 3:
            break
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = len((out / RECORD).read_bytes().splitlines())
    assert 3 <= kept < 15
    done = counted(monkeypatch)
    book = grade(assignment, [submissions], out=out)
    assert len(done) in (15 - kept, 16 - kept)  # the last line may have been half written
    assert {one.student: one.marks for one in book.graded if one.student in GOOD} == {
        one.student: one.marks for one in alone.graded
    }
    assert len(book.graded) == 15


def test_who_is_on_the_roster_and_handed_in_nothing_is_told(tmp_path):
    assignment, submissions = a_class(tmp_path)
    roster = {"ada.json": "Ada", **{f"{k}.md": f"No {k}" for k in range(50)}}
    (remark,) = grade(assignment, [submissions], roster=roster, executor="serial").remarks
    assert remark.startswith("on the roster, with nothing handed in: No 0, No 1, ")
    assert remark.endswith(", No 39 and 10 more")
    known = {"ada.json": "Ada", "eve.md": "Eve"}
    assert grade(assignment, [submissions], roster=known, executor="serial").remarks == ()
