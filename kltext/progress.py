"""A progress bar for the loops that train something: there while they run, and gone when they are done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

__all__ = ["progress"]

T = TypeVar("T")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def progress(steps: Sequence[T], label: str = "") -> Iterator[T]:
    """Go through ``steps``, in a notebook with a bar that shows how far it is.

    The bar leaves nothing behind, so what a cell stores does not depend on it.  It takes what the cell has shown before with
    it: print results after the loop.  Outside a notebook there is no bar.

    >>> sum(progress(range(4)))
    6
    """
    bar = _bar(len(steps), label)
    if bar is None:
        yield from steps
        return
    every = max(1, len(steps) // 50)
    try:
        for i, step in enumerate(steps):
            yield step
            if (i + 1) % every == 0:
                bar.value = i + 1
    finally:
        from IPython.display import clear_output

        clear_output()  # type: ignore[no-untyped-call]
        bar.close()


def _bar(steps: int, label: str) -> Any:
    """A bar on display, or None where there is no notebook to show it."""
    try:
        if get_ipython().__class__.__name__ != "ZMQInteractiveShell":  # type: ignore[name-defined]
            return None
        from IPython.display import display
        from ipywidgets import IntProgress  # type: ignore[import-untyped]
    except (NameError, ImportError):
        return None
    bar = IntProgress(max=steps, description=label, style={"description_width": "initial"})
    view = bar._repr_mimebundle_()[WIDGET_VIEW]
    display({WIDGET_VIEW: view}, raw=True)  # type: ignore[no-untyped-call]
    return bar
