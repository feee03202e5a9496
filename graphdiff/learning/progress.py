"""A bar of the epochs of a training, with the numbers of the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graphdiff.learning.history import Epoch
from graphdiff.notation import text


@contextmanager
def bar_of(epochs: int, *, shown: bool) -> Iterator[Callable[[Epoch], None]]:
    """Show a bar of the epochs, if asked for; what is yielded is called after each."""
    if not shown:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        MofNCompleteColumn(),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("", total=epochs)

        def show(epoch: Epoch) -> None:
            said = [f"loss {text.number(epoch.loss)}"]
            if epoch.validation is not None:
                said.append(f"validation {text.number(epoch.validation)}")
            said += [f"{name} {text.number(value)}" for name, value in epoch.metrics.items()]
            bar.update(task, completed=epoch.number, description=", ".join(said))

        yield show
