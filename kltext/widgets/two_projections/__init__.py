"""``TwoProjections``: the normal law nearest to a mixture of two, in either direction of the divergence."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import traitlets

from kltext.densities import density_kl
from kltext.mixtures import GaussianMixture
from kltext.projections import GaussianFit, i_projection, m_projection
from kltext.widgets._base import BookWidget, bundle, short
from kltext.widgets._traits import Finite
from kltext.widgets.two_projections.fitting import reached

__all__ = ["TwoProjections"]

NUMBERS = {
    "forward_pq": "forward D(P‖Q)",
    "reverse_pq": "reverse D(P‖Q)",
    "forward_qp": "forward D(Q‖P)",
    "reverse_qp": "reverse D(Q‖P)",
    "forward_std": "forward σ",
    "reverse_std": "reverse σ",
}


class _Share(Finite):
    """A number strictly between 0 and 1."""

    def validate(self, obj: Any, value: Any) -> float:
        number = super().validate(obj, value)
        if not 0 < number < 1:
            raise traitlets.TraitError(f"{self.name} must lie between 0 and 1, got {number!r}")
        return number


class TwoProjections(BookWidget):
    """A mixture P of two normal laws, its forward fit, and the reverse fit reached from a start; all can be dragged or set.

    The forward fit has the least D(P‖Q), the reverse one a local minimum of D(Q‖P): the one at the end of steepest descent
    from N(start_mean, start_std²). ``optima`` has all local minima, the best one first.

    >>> from kltext.widgets import TwoProjections
    >>> fits = TwoProjections(-3, 1, 3, 1)
    >>> fits
    TwoProjections: P = 0.5·N(mean -3, sd 1) + 0.5·N(mean 3, sd 1), start N(mean 1, sd 0.4)
    forward fit N(mean 0, sd 3.162): D(P‖Q) = 0.462, D(Q‖P) = 0.938; reverse fit N(mean 2.984, sd 1.023): D(P‖Q) = 7.86, D(Q‖P) = 0.6888 (in nats)
    >>> [round(fit.value, 4) for fit in fits.optima]
    [0.6888, 0.6888, 0.8406]
    >>> fits.start_std = 4
    >>> round(abs(fits.reverse.mean), 6), round(fits.reverse.std, 6)
    (0.0, 2.743769)
    """

    _esm = bundle("two_projections.js")
    _name = "two_projections"
    _state_traits = ("mean_1", "std_1", "mean_2", "std_2", "weight", "start_mean", "start_std", "landscape")

    mean_1 = Finite(-3.0, help="Mean of P's first mode.").tag(sync=True)
    std_1 = Finite(1.0, positive=True, help="Standard deviation of P's first mode.").tag(sync=True)
    mean_2 = Finite(3.0, help="Mean of P's second mode.").tag(sync=True)
    std_2 = Finite(1.0, positive=True, help="Standard deviation of P's second mode.").tag(sync=True)
    weight = _Share(0.5, help="Weight of P's first mode.").tag(sync=True)
    start_mean = Finite(1.0, help="Mean of the law at which the reverse fit starts.").tag(sync=True)
    start_std = Finite(0.4, positive=True, help="Standard deviation of the law at which the reverse fit starts.").tag(sync=True)
    landscape = traitlets.Enum(("reverse", "forward"), "reverse", help="Which objective is drawn over (μ, log σ).").tag(sync=True)

    def __init__(
        self,
        mean_1: float = -3.0,
        std_1: float = 1.0,
        mean_2: float = 3.0,
        std_2: float = 1.0,
        weight: float = 0.5,
        *,
        key: str = "projections",
        **kwargs: Any,
    ) -> None:
        super().__init__(mean_1=mean_1, std_1=std_1, mean_2=mean_2, std_2=std_2, weight=weight, key=key, **kwargs)

    @property
    def target(self) -> GaussianMixture:
        """P."""
        return GaussianMixture([self.weight, 1 - self.weight], [self.mean_1, self.mean_2], stds=[self.std_1, self.std_2])

    def _mixture(self) -> tuple[float, ...]:
        return self.mean_1, self.std_1, self.mean_2, self.std_2, self.weight

    @property
    def forward(self) -> GaussianFit:
        """The Gaussian with the least D(P‖Q): it has P's mean and variance."""
        return m_projection(self.target)

    @property
    def optima(self) -> list[GaussianFit]:
        """Every local minimum of D(Q‖P) that is found, the best one first."""
        return list(_optima(*self._mixture()))

    @property
    def reverse(self) -> GaussianFit:
        """The local minimum of D(Q‖P) to which the start leads."""
        return _reached(*self._mixture(), self.start_mean, self.start_std)

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name; the divergences in nats."""
        forward, reverse = self.forward, self.reverse
        return {
            "forward_pq": forward.value,
            "reverse_pq": _divergence(self.target, _normal(reverse)),
            "forward_qp": _divergence(_normal(forward), self.target),
            "reverse_qp": reverse.value,
            "forward_std": forward.std,
            "reverse_std": reverse.std,
        }

    def _laws(self) -> str:
        modes = [(self.weight, self.mean_1, self.std_1), (1 - self.weight, self.mean_2, self.std_2)]
        mixture = " + ".join(f"{short(weight)}·N(mean {short(mean)}, sd {short(std)})" for weight, mean, std in modes)
        return f"P = {mixture}, start N(mean {short(self.start_mean)}, sd {short(self.start_std)})"

    def _in_words(self) -> str:
        shown, said = self.numbers(), []
        for name, fit in (("forward", self.forward), ("reverse", self.reverse)):
            mean = 0.0 if abs(fit.mean) < 1e-9 * fit.std else fit.mean
            values = f"D(P‖Q) = {short(shown[f'{name}_pq'])}, D(Q‖P) = {short(shown[f'{name}_qp'])}"
            said.append(f"{name} fit N(mean {short(mean)}, sd {short(fit.std)}): {values}")
        return f"{'; '.join(said)} (in nats)"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.two_projections.drawing import two_fits

        alt = f"A mixture P of two normal densities with its forward and its reverse fit. {self._laws()}. {self._in_words()}."
        return plots.to_svg(two_fits(self.target, self.forward, self.reverse), alt=alt)


@lru_cache(maxsize=64)
def _optima(mean_1: float, std_1: float, mean_2: float, std_2: float, weight: float) -> tuple[GaussianFit, ...]:
    return tuple(i_projection(GaussianMixture([weight, 1 - weight], [mean_1, mean_2], stds=[std_1, std_2])))


@lru_cache(maxsize=64)
def _reached(mean_1: float, std_1: float, mean_2: float, std_2: float, weight: float, mean: float, std: float) -> GaussianFit:
    mixture = GaussianMixture([weight, 1 - weight], [mean_1, mean_2], stds=[std_1, std_2])
    return reached(mixture, mean, std, list(_optima(mean_1, std_1, mean_2, std_2, weight)))


def _normal(fit: GaussianFit) -> GaussianMixture:
    return GaussianMixture([1.0], [fit.mean], stds=fit.std)


def _divergence(one: GaussianMixture, other: GaussianMixture) -> float:
    """D(one‖other) in nats."""
    return density_kl(one.log_density, other.log_density, points=[*one.means, *other.means]).value
