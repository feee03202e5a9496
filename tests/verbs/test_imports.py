"""What a verb needs is imported when it is called."""

import subprocess
import sys

LATER = ("scipy", "graphdiff.checking", "graphdiff.derivations", "graphdiff.drawing.layout",
         "graphdiff.grading", "graphdiff.learning", "graphdiff.optimisers", "graphdiff.program",
         "graphdiff.recognition")  # fmt: skip


def test_who_builds_a_graph_and_sweeps_waits_for_no_other_room():
    code = (
        "import sys, graphdiff as gd\n"
        "g = gd.Graph()\n"
        "z = g.node('z', gd.tanh(g.parameter('w', 3) * g.input('x', 2)))\n"
        "g.backward(z).P['w'], g.gradient(z, 'w')\n"
        f"print(*sorted(set({LATER}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stderr, done.stdout) == ("", "\n")
