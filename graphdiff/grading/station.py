"""What a station does: it grades what it is told, line by line, until nobody tells it more."""

from __future__ import annotations

import json
import os
import sys

from graphdiff.files import budget, worker
from graphdiff.files.worker import Limits
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.executors import Task, in_this_process


def serve() -> None:
    """Grade lines of standard input, and answer on standard output, which nobody else writes on."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)

    def say(answer: object) -> None:
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()

    (source, is_json), given = json.loads(sys.stdin.buffer.readline())
    assignment = assignment_of(source, is_json=is_json)
    limits = None if given is None else Limits(*given)
    if limits is not None:
        budget.limit_memory(limits.memory)
    grade = in_this_process(assignment)
    say("ready")
    for line in sys.stdin.buffer:
        if limits is None:
            budget.lift()
        else:
            budget.begin(worker.SHARE * limits.seconds)
        ((_, answer),) = grade([(0, Task(*json.loads(line)))])
        say(answer)
