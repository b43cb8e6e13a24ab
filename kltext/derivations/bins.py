"""Continuous data, a density, and bins: the likelihood, and a term that grows without end as the bins shrink.

Explained in: chapters/cross-entropy
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from kltext.derivation import Derivation, Line

__all__ = ["binned_likelihood"]


def binned_likelihood(points: Sequence[float], mean: float, std: float, width: float) -> Derivation:
    """D of binned data from a binned normal law, each point in the middle of its own bin, is the likelihood's and log 1/Δ."""
    given = tuple(float(x) for x in points)
    for name, value in (("std", std), ("width", width)):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be positive and finite, got {value!r}")
    in_order = sorted(given)
    if not given or any(not b - a >= width for a, b in zip(in_order, in_order[1:], strict=False)):
        raise ValueError(f"points must lie at least a width apart, got {points!r}")

    def chances(points: tuple[float, ...], mean: float, std: float, width: float) -> list[float]:
        """What the model gives to each point's bin; on the side of the mean where the difference keeps its digits."""
        found = []
        for x in points:
            z, half = abs(x - mean) / std, width / std / 2
            found.append((math.erfc((z - half) / math.sqrt(2)) - math.erfc((z + half) / math.sqrt(2))) / 2)
        return found

    lines = [
        Line(
            r"D(\hat P_\Delta\Vert Q_\Delta) = \sum_{i=1}^n\frac1n\log\frac{1/n}{Q(\text{bin}_i)}",
            lambda points, mean, std, width: math.fsum(
                math.log(1 / len(points) / q) / len(points) for q in chances(points, mean, std, width)
            ),
        ),
        Line(
            r"-\frac1n\sum_{i=1}^n\log\bar q_i - \log n + \log\frac1\Delta",
            lambda points, mean, std, width: (
                -math.fsum(math.log(q / width) for q in chances(points, mean, std, width)) / len(points)
                - math.log(len(points))
                - math.log(width)
            ),
            "=",
            r"$Q(\text{bin}_i)=\bar q_i\Delta$, with $\bar q_i$ the mean density there: it tends to $q(x_i)$, so the first term tends to the loss",
        ),
        Line(
            r"\log(\sigma\sqrt{2\pi}) - \log n + \log\frac1\Delta",
            lambda points, mean, std, width: (
                math.log(std * math.sqrt(2 * math.pi)) - math.log(len(points)) - math.log(width)
            ),
            ">=",
            r"no normal density exceeds $1/(\sigma\sqrt{2\pi})$; whatever the model, this goes to $\infty$ as $\Delta\to0$",
        ),
    ]
    example = {"points": given, "mean": float(mean), "std": float(std), "width": float(width)}
    return Derivation("Binned data against a binned density", lines, example)
