"""Runs modules of JavaScript in node, one process for all of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

NODE = shutil.which("node")

_SERVER = """
const lines = require("readline").createInterface({ input: process.stdin });
const plain = (x) => ArrayBuffer.isView(x) || Array.isArray(x) ? Array.from(x, plain)
  : typeof x === "object" ? Object.entries(x).map(([key, part]) => [key, plain(part)])
  : Number.isFinite(x) && !Object.is(x, -0) ? x : Object.is(x, -0) ? "-0" : String(x);
const answer = async (line) => {
  const { source, leaves } = JSON.parse(line);
  try {
    const url = "data:text/javascript;base64," + Buffer.from(source).toString("base64");
    const { step } = await import(url);
    return { result: plain(step(...leaves)) };
  } catch (error) {
    return { error: String(error) };
  }
};
let last = Promise.resolve();
lines.on("line", (line) => {
  last = last.then(() => answer(line)).then((found) => console.log(JSON.stringify(found)));
});
"""


class Node:
    """A process of node that runs the ``step`` of a module."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [NODE, "-e", _SERVER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def __call__(self, source: str, leaves: list[Any]) -> Any:
        """Return what comes of the leaves: arrays as flat lists, records as lists of pairs."""
        given = [np.asarray(leaf, float).tolist() for leaf in leaves]
        self.process.stdin.write(json.dumps({"source": source, "leaves": given}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="session")
def node():
    """Run a module: ``node(source, leaves)``."""
    if NODE is None:
        pytest.skip("no node on this machine")
    runner = Node()
    yield runner
    runner.close()
