"""A class that was handed an assignment: the teacher's file, good answers, hostile files."""

import json
import os

ASSIGNMENT = """\
title = "One neuron"
[inputs]
x = [1.3, 2.1]
y = 0
[parameters]
w = [0.37, -0.21]
b = 0.17
[nodes]
z = "w @ x + b"
a = "sigmoid(z)"
L = "(a - y)**2"
[descent]
learning_rate = 0.5
[grading.required]
z = 1
a = 2
"dL/dw" = 4
"dL/db" = 1
"""

RIGHT = {
    "z": 0.21,
    "a": ["sigmoid(z)", 0.552308],
    "dL/dw": ["2*(a - y)*a*(1 - a)*x", [0.355071, 0.573576]],
    "P[b]": "2*(a - y)*a*(1 - a)",
}
WRONG = {**RIGHT, "a": 0.7, "P[b]": "(a - y)*a*(1 - a)"}

PAGE = r"""
$z = w^T x + b = 0.21$ and $a = \sigma(z) = 0.552308$

$\frac{\partial L}{\partial w} = 2 (a - y) a (1 - a) x$

$\frac{\partial L}{\partial b} = 2 (a - y) a (1 - a)$
"""

HOSTILE = {
    "huge.toml": b"z = 1\n" * 2_000_000,
    "deep.json": b"[" * 200_000,
    "nested.toml": b"z = " + b"[" * 5000 + b"]" * 5000,
    "binary.md": bytes(range(256)) * 100,
    "latin.toml": "z = '0,21 f\xfcr x'".encode("latin-1"),
    "zero.toml": b"z = 0\x00.21\n",
    "empty.toml": b"",
    "powers.toml": b'z = "9**9**9**9"\na = "exp(exp(exp(exp(9))))"\n"dL/dw" = "x*'
    + b"w*" * 3000
    + b'1"\n',
    "long.md": b"$z = " + b"(" * 100_000 + b"$\n",
    "\x1b[2J\x1b]0;name\x07.md": b"$z = 9$",
    "a..%2f..%2fetc.md": b"$z = 9$",
    "line\nbreak\u202e.md": b"$z = 9$",
    "no\udcfftext.md": b"$z = 9$",
    "=cmd|' 'A1.md": b"$z = 9$",
}
"""Names and contents of files that are made to fail, to be slow, or to mislead."""


def a_class(folder, hostile=False):
    """Write an assignment and submissions into a folder; return both."""
    assignment, submissions = folder / "hw1.toml", folder / "submissions"
    assignment.write_text(ASSIGNMENT, encoding="utf-8")
    submissions.mkdir()
    (submissions / "ada.json").write_text(json.dumps(RIGHT), encoding="utf-8")
    (submissions / "bob.json").write_text(json.dumps({"claims": WRONG}), encoding="utf-8")
    (submissions / "eve.md").write_text(PAGE, encoding="utf-8")
    if hostile:
        for name, content in HOSTILE.items():
            (submissions / name).write_bytes(content)
        (submissions / "device.md").symlink_to("/dev/zero")
        (submissions / "answers.toml").symlink_to(assignment)
        os.mkfifo(submissions / "pipe.toml")
    return assignment, submissions
