"""A network trained by two processes, whose gradients PyTorch averages, and by one: the same path.

    python examples/data_parallel_torch.py

The loss is the graph's own, exported by ``to_torch``. Each process has half of the rows, and
DistributedDataParallel (gloo) averages the gradients of the two means, which is the gradient of the
mean of all rows. The path of one process is that of the graph's compiled step in NumPy.
"""

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import graphdiff as gd

PROCESSES, ROWS, STEPS, RATE = 2, 32, 5, 0.5


def network(rows: int) -> gd.models.MLP:
    """Return a network for so many rows; its first values are those of one seed."""
    return gd.models.mlp([3, 8, 2], output="softmax", loss="cross_entropy", seed=1).batched(rows)


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return rows of two classes, one hot."""
    X = np.random.default_rng(0).normal(size=(ROWS, 3))
    return X, np.eye(2)[(X.sum(axis=1) > 0).astype(int)]


def by_one() -> list[dict[str, np.ndarray]]:
    """Return the gradients of each step on all rows, by the compiled step in NumPy."""
    net, (X, y) = network(ROWS), data()
    step = net.compile("E")
    values = {node.name: np.array(node.value) for node in net.parameters}
    found: list[dict[str, np.ndarray]] = []
    for _ in range(STEPS):
        _, gradients = step(x=X, y=y, **values)
        found.append({name: np.array(one) for name, one in gradients.items()})
        values = {name: value - RATE * gradients[name] for name, value in values.items()}
    return found


def by_process(rank: int, folder: str) -> None:
    """Train on this process's rows; the first process saves the averaged gradients."""
    import torch
    from torch import distributed
    from torch.nn.parallel import DistributedDataParallel

    torch.set_num_threads(1)
    net = network(ROWS // PROCESSES)
    loss = net.compile("E", form="value").to_torch()

    class Model(torch.nn.Module):
        """The graph as a module: its parameters, and the loss."""

        def __init__(self) -> None:
            super().__init__()
            for node in net.parameters:
                self.register_parameter(node.name, torch.nn.Parameter(torch.tensor(node.value)))

        def forward(self, x: Any, y: Any) -> Any:
            """Return the loss on some rows."""
            return loss(x=x, y=y, **dict(self.named_parameters()))

    distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=PROCESSES
    )
    model = DistributedDataParallel(Model())
    optimiser = torch.optim.SGD(model.parameters(), RATE)
    x, y = (torch.tensor(array[rank::PROCESSES]) for array in data())
    saved: dict[str, np.ndarray] = {}
    for step in range(STEPS):
        optimiser.zero_grad()
        model(x, y).backward()
        for name, parameter in model.module.named_parameters():
            saved[f"{step} {name}"] = np.array(parameter.grad)
        optimiser.step()
    if rank == 0:
        np.savez(Path(folder) / "gradients.npz", **saved)  # type: ignore[arg-type]
    distributed.destroy_process_group()


def main() -> int:
    """Compare the two paths."""
    if not importlib.util.find_spec("torch"):
        print("skipped: this example needs PyTorch")
        return 0
    from torch import multiprocessing

    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(by_process, (folder,), PROCESSES)
        with np.load(Path(folder) / "gradients.npz") as saved:
            averaged = dict(saved)
    apart = max(
        np.abs(averaged[f"{step} {name}"] - gradient).max()
        for step, gradients in enumerate(by_one())
        for name, gradient in gradients.items()
    )
    print(f"{PROCESSES} processes, {STEPS} steps: gradients differ from one's by {apart:.1e}")
    return int(not apart < 1e-12)


if __name__ == "__main__":
    sys.exit(main())
