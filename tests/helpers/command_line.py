"""Graph files of a scalar graph and of a layer, and the command line in a process of its own."""

import subprocess
import sys

GRAPH = """\
title = "t"
[inputs]
x = 2
[parameters]
w = 3
[nodes]
u = "x*w"
z = "u**2/4"
"""

LAYER = """\
title = "layer"
[inputs]
x = [1, 2]
t = { shape = [2] }
[parameters]
W = [["1/2", -1], [0, 2]]
[nodes]
z = "W @ x"
L = "sum((z - t)**2)"
"""


def shell(*arguments, folder=None, **options):
    options = {"capture_output": True, "text": True, "encoding": "utf-8"} | options
    command = [sys.executable, "-m", "graphdiff", *arguments]
    return subprocess.run(command, cwd=folder, timeout=60, **options)
