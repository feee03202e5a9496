"""What programs printed, on pages and in notebooks: read where it is certain what it is of."""

import json

import pytest
from small_pages import assert_right, check, verdicts

import graphdiff as gd


def network():
    g = gd.Graph()
    x, y = g.input("x", [1, 2]), g.input("y", 1)
    W, v = g.parameter("W", [[0.5, -0.25], [0.25, 0.5]]), g.parameter("v", [0.5, 1])
    p = g.node("p", (v * g.node("z", W @ x)).sum())
    g.node("L", (p - y) ** 2 / 2)
    return g


def notebook(*cells):
    made = [
        {"cell_type": "code", "source": source, "outputs": outputs} for source, outputs in cells
    ]
    return json.dumps({"cells": made, "metadata": {"kernelspec": {"language": "python"}}})


def stream(text):
    return [{"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}]


def result(text):
    return [{"output_type": "execute_result", "data": {"text/plain": [text]}}]


ARRAY = "[[0.125 0.25 ]\n [0.25  0.5  ]]"
PRINTED = {
    "print(dW)": ARRAY,
    "print('dL/dW =', dW)": f"dL/dW = {ARRAY}",
    "print('the gradient is', dW, 'here')": f"the gradient is {ARRAY} here",
    "print(f'dW: {dW}')": f"dW: {ARRAY}",
    "print('dW = %s' % dW)": f"dW = {ARRAY}",
    "print('dW = {}'.format(dW))": f"dW = {ARRAY}",
    "print(np.round(dW, 3))": ARRAY,
    "print(dW.round(3))": ARRAY,
    "print(dW.tolist())": "[[0.125, 0.25], [0.25, 0.5]]",
}
START = "z = W @ x\np = v @ z\ndW = (p - y) * np.outer(v, x)\n"


@pytest.mark.parametrize(("call", "output"), list(PRINTED.items()))
def test_what_a_cell_printed_is_judged(call, output, tmp_path):
    page = notebook((START + call, stream(output + "\n")))
    report = assert_right(network(), page, tmp_path, "ipynb")
    assert sum(result.target == "dL/dW" for result in report) >= 2, str(report)
    wrong = page.replace("0.25 ]", "0.75 ]").replace("0.25]", "0.75]")
    assert verdicts(check(network(), wrong, tmp_path, "ipynb"))[-1] == "wrong"


@pytest.mark.parametrize(
    "text",
    [
        "array([[0.125, 0.25 ],\n       [0.25 , 0.5  ]])",
        "tensor([[0.125, 0.25 ], [0.25, 0.5]], dtype=torch.float64)",
    ],
)
def test_the_value_below_a_cell_is_that_of_its_last_line(text, tmp_path):
    page = notebook((START, []), ("dW", result(text)))
    assert len(assert_right(network(), page, tmp_path, "ipynb")) == 4
    assert (
        verdicts(check(network(), page.replace("0.25 ]", "0.75 ]"), tmp_path, "ipynb"))[-1]
        == "wrong"
    )


@pytest.mark.parametrize(
    "page",
    [
        "```python\n{start}print(dW)\n```\n\n```\n{output}\n```\n",
        "```python\n{start}print(dW)\n```\n\nOutput:\n\n```text\n{output}\n```\n",
        "```python\n{start}print(dW)\n{commented}\n```\n",
        "```python\n{start}print(dW)  # [[0.125, 0.25], [0.25, 0.5]]\n```\n",
        "```python\n{start}print(dW)\n{output}\n```\n",
        "```python\n{prompted}>>> dW\n{output}\n```\n",
    ],
)
def test_so_are_outputs_on_pages(page, tmp_path):
    prompted = "".join(f">>> {line}\n" for line in START.splitlines())
    commented = "".join(f"# {line}\n" for line in ARRAY.splitlines())
    page = page.format(start=START, output=ARRAY, commented=commented, prompted=prompted)
    assert len(assert_right(network(), page, tmp_path)) == 4
    wrong = page.replace("0.125", "0.375")
    assert verdicts(check(network(), wrong, tmp_path))[-1] == "wrong"


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("for k in range(2):\n    print(p)", "0.7\n0.3\n"),
        ("for k in range(9):\n    W -= 0.1*dW\nprint(p)", "0.999\n"),
        ("train(W, v)\nprint(p)", "0.999\n"),
        ("print(p.shape)", "(2,)\n"),
        ("print('p')", "0.3\n"),
        ("print(W)", "[[9. 9.]\n [9. 9.]]\n"),
        ("print(p, end='')", "0.3"),
        ("print(p", "0.3"),
        ("show(p)", "0.3"),
    ],
)
def test_what_is_not_certain_accuses_nobody(code, output, tmp_path):
    report = check(network(), notebook((code, stream(output)), ("print(p)", [])), tmp_path, "ipynb")
    assert not any(result.verdict == "wrong" for result in report), str(report)


def test_what_is_printed_after_a_training_accuses_nobody(tmp_path):
    loop = "for k in range(9):\n    step(W)\n"
    page = notebook((loop, []), ("print(p)", stream("0.999\n")))
    assert not len(check(network(), page, tmp_path, "ipynb"))


def test_a_new_weight_that_was_printed_is_a_step(tmp_path):
    code = f"{START}W_new = W - 0.5*dW\nprint(W_new)"
    page = notebook((code, stream("[[ 0.4375 -0.375 ]\n [ 0.125   0.25  ]]\n")))
    assert list(assert_right(network(), page, tmp_path, "ipynb"))[-1].target == "W@1"
    assert (
        verdicts(check(network(), page.replace("0.4375", "0.5625"), tmp_path, "ipynb"))[-1]
        == "wrong"
    )


@pytest.mark.parametrize(
    "outputs",
    [None, 3, {}, [3], [{}], [{"data": 3}], [{"data": {"text/plain": 3}}], [{"text": [3, None]}]],
)
def test_outputs_that_are_none_cost_nothing(outputs, tmp_path):
    page = json.dumps(
        {"cells": [{"cell_type": "code", "source": "z = W @ x\nz", "outputs": outputs}]}
    )
    assert len(assert_right(network(), page, tmp_path, "ipynb")) == 1
