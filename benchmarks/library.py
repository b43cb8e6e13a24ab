"""Speed and peak memory of ``kltext`` beside the obvious alternatives, ratios of best times; `make bench` allows one thread.

A ratio below 1 means that ``kltext`` is faster.
"""

import subprocess
import sys
import timeit
import tracemalloc
from collections.abc import Callable

import numpy as np
import scipy.special
import scipy.stats

import kltext


def best(function: Callable[[], object], repeat: int = 7) -> float:
    """Seconds of the fastest of several runs, each long enough for the clock."""
    timer = timeit.Timer(function)
    number, _ = timer.autorange()
    return min(timer.repeat(repeat, max(1, number // 4))) / max(1, number // 4)


def report(task: str, ours: Callable[[], object], others: dict[str, Callable[[], object]]) -> None:
    """Print one row: our time, and its ratio to each of the others."""
    time = best(ours)
    ratios = "   ".join(f"{time / best(other):5.2f} × {name}" for name, other in others.items())
    print(f"{task:<32} {1e6 * time:10.1f} µs   {ratios}")


def peak_memory(function: Callable[[], object]) -> int:
    """Bytes allocated at the worst moment while ``function`` runs."""
    tracemalloc.start()
    function()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def import_seconds() -> float:
    """Seconds to import ``kltext`` in a fresh interpreter, NumPy's own import excluded."""
    code = "import numpy, time; t = time.perf_counter(); import kltext; print(time.perf_counter() - t)"
    return min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5))


def main() -> None:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(64), size=(2, 100_000))
    one, two = p[0].copy(), q[0].copy()

    report(
        "kl_divergence, 100 000 × 64",
        lambda: kltext.kl_divergence(p, q),
        {
            "scipy.stats.entropy": lambda: scipy.stats.entropy(p, q, axis=-1),
            "np.sum(p * np.log(p / q))": lambda: np.sum(p * np.log(p / q), axis=-1),
        },
    )
    report(
        "kl_divergence, one pair of 64",
        lambda: kltext.kl_divergence(one, two),
        {
            "scipy.special.rel_entr(p, q).sum()": lambda: scipy.special.rel_entr(one, two).sum(),
            "scipy.stats.entropy": lambda: scipy.stats.entropy(one, two),
        },
    )
    memory = peak_memory(lambda: kltext.kl_divergence(p, q)) / (p.nbytes + q.nbytes)
    print(f"peak extra memory                {memory:10.2f} × the input")
    print(f"import kltext, after NumPy       {1e3 * import_seconds():10.1f} ms")


if __name__ == "__main__":
    main()
