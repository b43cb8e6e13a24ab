"""``LikelihoodFit``: a Gaussian model on a few data points, its mean loss, and the divergence it moves with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import traitlets

from kltext.widgets._base import PairWidget, bundle, short
from kltext.widgets._traits import Finite, counted, numbers
from kltext.widgets.gaussian_pair import GaussianPair

__all__ = ["LikelihoodFit"]

FEWEST, MOST = 2, 12


class _Points(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A tuple of finite numbers that are not all equal."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        name, values = self.name, numbers(self.name, value)
        counted(name, values, FEWEST, MOST, "points")
        if bad := [v for v in values if not math.isfinite(v)]:
            raise traitlets.TraitError(f"{name} must be finite, got {bad[0]!r}")
        if len(set(values)) == 1:
            raise traitlets.TraitError(f"{name} must not be equal in all points: no Gaussian fits best, got {values[0]!r}")
        return values


class LikelihoodFit(PairWidget):
    """Data points and a Gaussian model Q; P is the Gaussian with the data's mean and spread.

    The mean loss of the data is H(P,Q) = H(P) + D(P‖Q), exactly:

    >>> from kltext.widgets import LikelihoodFit
    >>> fit = LikelihoodFit([-1, 1], mean=1, std=1)
    >>> fit
    LikelihoodFit: data −1, 1; model Q = N(mean 1, sd 1), best Gaussian P = N(mean 0, sd 1)
    D(P‖Q) = 0.5, D(Q‖P) = 0.5, H(P) = 1.419, H(P,Q) = 1.919, JS(P,Q) = 0.1114, TV(P,Q) = 0.3829 (in nats; TV has no unit)
    >>> fit.mean = 0
    >>> fit.kl_pq
    0.0
    """

    _esm = bundle("likelihood_fit.js")
    _name = "likelihood_fit"
    _state_traits = ("data", "mean", "std", "unit")

    data = _Points((-1.5, -0.5, 0.0, 0.5, 2.5), help="The data points, 2 to 12.").tag(sync=True)
    mean = Finite(1.5, help="Mean of the model Q.").tag(sync=True)
    std = Finite(0.8, positive=True, help="Standard deviation of the model Q.").tag(sync=True)

    def __init__(
        self,
        data: Iterable[float] = (-1.5, -0.5, 0.0, 0.5, 2.5),
        mean: float = 1.5,
        std: float = 0.8,
        *,
        key: str = "fit",
        **kwargs: Any,
    ) -> None:
        super().__init__(data=data, mean=mean, std=std, key=key, **kwargs)

    def best(self) -> tuple[float, float]:
        """Mean and standard deviation of the Gaussian that fits best: those of the data."""
        mean = math.fsum(self.data) / len(self.data)
        return mean, math.sqrt(math.fsum((x - mean) ** 2 for x in self.data) / len(self.data))

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, computed by kltext. H(P,Q) is the data's mean loss, H(P) its floor."""
        return GaussianPair(*self.best(), self.mean, self.std, unit=self.unit).numbers()

    def _laws(self) -> str:
        points = ", ".join(short(x).replace("-", "−") for x in self.data)
        mean, std = (short(x) for x in self.best())
        return f"data {points}; model Q = N(mean {short(self.mean)}, sd {short(self.std)}), best Gaussian P = N(mean {mean}, sd {std})"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.likelihood_fit.drawing import fit

        alt = f"Data points, the model’s density and the loss of each point. {self._laws()}. {self._in_words()}, in {self.unit}."
        numbers = self.numbers()
        figure = fit(self.data, self.mean, self.std, self.best(), numbers["cross_entropy_pq"], numbers["entropy_p"], self.unit)
        return plots.to_svg(figure, alt=alt)
