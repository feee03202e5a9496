"""All measurements in one table, by one command.

python benchmarks/run.py [--quick] [--only mlps,scalars] [--json FILE] [--docs]

Peers that are not installed (autograd, torch, JAX, CasADi, micrograd) are left out. The
program fails if a contestant failed or computed something else than the others.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import peers
import table
import threads  # noqa: F401  (before NumPy)
from contest import Contest
from harness import Row, compare, failed

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
FAMILIES = (
    "scalars",
    "mlps",
    "neuron_by_neuron",
    "chain",
    "second_order",
    "building",
    "formulas",
    "memory",
    "literal",
    "models",
    "training",
    "checking",
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round at small sizes")
    parser.add_argument("--only", type=families, default=FAMILIES, metavar="FAMILIES",
                        help=f"some of {','.join(FAMILIES)}; beginnings of names will do")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=9, help="how often each takes its turn")
    parser.add_argument("--no-peers", action="store_true", help="leave out all peers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the numbers too")
    parser.add_argument("--docs", action="store_true", help=f"put the table into {PAGE.name} too")
    options = parser.parse_args()
    if options.docs and (options.quick or options.only != FAMILIES):
        parser.error("--docs publishes the whole table; leave out --quick and --only")
    if not options.no_peers:
        peers.set_up()
    measured: list[tuple[Contest, list[Row]]] = []
    printed = [table.machine(), "", *table.HEADER.splitlines()]
    print("\n".join(printed))
    for family in options.only:
        for contest in importlib.import_module(family).contests(options.quick):
            if options.no_peers:
                alone = [one for one in contest.contestants if not one.needs]
                contest = contest._replace(contestants=alone)
            rows = compare(contest, *((1, 0.0) if options.quick else (options.rounds,)))
            measured.append((contest, rows))
            printed += table.lines(contest, rows)
            print("\n".join(table.lines(contest, rows)), flush=True)
    if options.json:
        table.write(options.json, table.plain_data(measured))
    if options.docs:
        table.put_between_marks(PAGE, "\n".join(printed))
    return int(any(failed(row) for _, rows in measured for row in rows))


def families(text: str) -> tuple[str, ...]:
    """Return the families whose names begin as one of the given words does."""
    words = text.split(",")
    for word in words:
        if not word or not any(family.startswith(word) for family in FAMILIES):
            raise argparse.ArgumentTypeError(
                f"{word!r} begins no family's name; they are {', '.join(FAMILIES)}"
            )
    return tuple(f for f in FAMILIES if any(f.startswith(word) for word in words))


if __name__ == "__main__":
    sys.exit(main())
