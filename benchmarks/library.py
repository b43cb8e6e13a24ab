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


Rival = tuple[Callable[[], object], float]


def report(task: str, ours: Callable[[], object], rivals: dict[str, Rival]) -> None:
    """Print one row for each rival: its time in units of ours, and the ratio of ours to it beside the highest aimed at."""
    time = best(ours)
    print(f"{task:<34} {1e6 * time:12.1f} µs")
    for name, (rival, aim) in rivals.items():
        ratio = time / best(rival)
        print(f"    {ratio:6.2f} × {name:<44} aim: at most {aim:g}   {'met' if ratio <= aim else 'MISSED'}")


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


def torch_rivals(p: np.ndarray, q: np.ndarray, gaussians: tuple[np.ndarray, ...]) -> tuple[dict[str, Rival], dict[str, Rival]]:
    """`torch.distributions` from the same inputs, if PyTorch is installed (make bench OPTIONAL=1)."""
    try:
        import torch
    except ImportError:
        print("without PyTorch: its rows are left out (make bench OPTIONAL=1 installs it)")
        return {}, {}
    from torch.distributions import Categorical, MultivariateNormal
    from torch.distributions import kl_divergence as torch_kl

    torch.set_num_threads(1)
    p, q, *gaussians = (torch.from_numpy(a) for a in (p, q, *gaussians))  # type: ignore[assignment]
    mean_p, cov_p, mean_q, cov_q = gaussians
    made = Categorical(p), Categorical(q)
    discrete = {
        "torch.distributions, from probabilities": (lambda: torch_kl(Categorical(p), Categorical(q)), 0.5),
        "torch.distributions, its objects made before": (lambda: torch_kl(*made), 1.0),
    }
    normal = {
        "torch.distributions, from covariances": (
            lambda: torch_kl(MultivariateNormal(mean_p, cov_p), MultivariateNormal(mean_q, cov_q)),
            1.0,
        )
    }
    return discrete, normal


def main() -> None:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(64), size=(2, 100_000))
    near = p * np.exp(1e-3 * rng.normal(size=p.shape))
    near /= near.sum(-1, keepdims=True)
    one, two = p[0].copy(), q[0].copy()
    roots, means = rng.normal(size=(2, 10_000, 16, 16)), rng.normal(size=(2, 10_000, 16))
    cov_p, cov_q = roots @ roots.swapaxes(-1, -2) + np.eye(16)
    gaussians = means[0], cov_p, means[1], cov_q
    with_torch, normal_torch = torch_rivals(p, q, gaussians)

    report(
        "kl_divergence, 100 000 × 64",
        lambda: kltext.kl_divergence(p, q),
        {
            "scipy.stats.entropy": (lambda: scipy.stats.entropy(p, q, axis=-1), 0.5),
            **with_torch,
            "np.sum(p * np.log(p / q))": (lambda: np.sum(p * np.log(p / q), axis=-1), 4.0),
        },
    )
    report(
        "the same, laws that differ by 0.1 %",
        lambda: kltext.kl_divergence(p, near),
        {"np.sum(p * np.log(p / q))": (lambda: np.sum(p * np.log(p / near), axis=-1), 4.0)},
    )
    report(
        "kl_divergence, one pair of 64",
        lambda: kltext.kl_divergence(one, two),
        {
            "scipy.special.rel_entr(p, q).sum()": (lambda: scipy.special.rel_entr(one, two).sum(), 10.0),
            "scipy.stats.entropy": (lambda: scipy.stats.entropy(one, two), 1.0),
        },
    )
    report("mvn_kl, 10 000 × 16 × 16", lambda: kltext.mvn_kl(*gaussians), normal_torch)
    memory = peak_memory(lambda: kltext.kl_divergence(p, q)) / (p.nbytes + q.nbytes)
    print(f"peak extra memory {memory:.2f} × the input; aim: at most 4")
    print(f"import kltext, after NumPy: {1e3 * import_seconds():.1f} ms; aim: under 500")


if __name__ == "__main__":
    main()
