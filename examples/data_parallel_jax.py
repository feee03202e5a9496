"""A network trained on two devices by JAX, the rows divided between them, and on one: one path.

    python examples/data_parallel_jax.py

The loss is the graph's own, exported by ``to_jax``. The rows are laid out over a mesh of two
devices, here two of the processor; parameters are on both. XLA adds the sums over devices to the
gradient by itself. The path on one device is that of the graph's compiled step in NumPy.
"""

import importlib.util
import os
import sys

import numpy as np

import graphdiff as gd

DEVICES, ROWS, STEPS, RATE = 2, 32, 5, 0.5


def network() -> gd.models.MLP:
    """Return a network for all rows."""
    return gd.models.mlp([3, 8, 2], output="softmax", loss="cross_entropy", seed=1).batched(ROWS)


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return rows of two classes, one hot."""
    X = np.random.default_rng(0).normal(size=(ROWS, 3))
    return X, np.eye(2)[(X.sum(axis=1) > 0).astype(int)]


def main() -> int:
    """Compare the two paths."""
    if not importlib.util.find_spec("jax"):
        print("skipped: this example needs JAX")
        return 0
    more = f"--xla_force_host_platform_device_count={DEVICES}"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {more}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    from jax.sharding import NamedSharding, PartitionSpec

    jax.config.update("jax_enable_x64", True)
    net, (X, y) = network(), data()
    mesh = jax.make_mesh((DEVICES,), ("rows",))
    divided, everywhere = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (["rows"], []))
    loss = net.compile("E", form="value").to_jax()
    slope = jax.jit(jax.grad(lambda values, x, y: loss(x=x, y=y, **values)))
    x_there, y_there = jax.device_put((X, y), divided)
    values = {node.name: np.array(node.value) for node in net.parameters}
    held = jax.device_put(values, everywhere)
    step, apart = net.compile("E"), 0.0
    for _ in range(STEPS):
        found, (_, one) = slope(held, x_there, y_there), step(x=X, y=y, **values)
        apart = max(apart, *(float(np.abs(found[name] - one[name]).max()) for name in values))
        held = {name: value - RATE * found[name] for name, value in held.items()}
        values = {name: value - RATE * one[name] for name, value in values.items()}
    count = len(x_there.sharding.device_set)
    print(f"{count} devices, {STEPS} steps: gradients differ from one's by {apart:.1e}")
    return int(not (apart < 1e-12 and count == DEVICES))


if __name__ == "__main__":
    sys.exit(main())
