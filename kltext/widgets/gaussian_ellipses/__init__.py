"""``GaussianEllipses``: two bivariate Gaussians under the hand, and the three terms of their divergence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import traitlets

import kltext
from kltext.widgets._base import DivergenceWidget, bundle, short
from kltext.widgets._traits import Finite
from kltext.widgets.gaussian_ellipses.laws import Pair, covariance, principal

__all__ = ["GaussianEllipses"]

NUMBERS = {"kl_pq": "D(P‖Q)", "kl_qp": "D(Q‖P)", "trace": "trace", "volume": "log-volume", "mahalanobis": "Mahalanobis"}
"""The numbers shown, by their names in the page and in Python."""


class GaussianEllipses(DivergenceWidget):
    """Two normal laws P and Q in the plane, to be dragged, typed or set from Python.

    Each law has a mean, standard deviations along its two axes, and the tilt of the first axis in degrees; covariances are
    taken and given as well. Three terms, each halved, add up to D(P‖Q): ``trace`` is tr(Σ_Q⁻¹Σ_P) − 2, ``volume`` is
    log(det Σ_Q / det Σ_P), and ``mahalanobis`` the squared distance of the means in Q's units.

    >>> from kltext.widgets import GaussianEllipses
    >>> pair = GaussianEllipses([1, 0], [[1, 0], [0, 4]], [0, 0], [[1, 0], [0, 1]])
    >>> pair
    GaussianEllipses: P = N((1, 0), spreads 1 and 2, tilt 0°), Q = N((0, 0), spreads 1 and 1, tilt 0°)
    D(P‖Q) = 1.307, D(Q‖P) = 0.8181, trace = 1.5, log-volume = -0.6931, Mahalanobis = 0.5 (in nats)
    >>> pair.axes_p = [1, 1]
    >>> pair.kl_pq, pair.kl_qp
    (0.5, 0.5)
    >>> pair.cov_q = [[1, 0.6], [0.6, 1]]
    >>> round(pair.angle_q, 9)
    45.0
    """

    _esm = bundle("gaussian_ellipses.js")
    _name = "gaussian_ellipses"
    _state_traits = ("mean_p", "axes_p", "angle_p", "mean_q", "axes_q", "angle_q", "contours", "unit")

    mean_p = Pair((-0.5, 0.0), help="Mean of P.").tag(sync=True)
    axes_p = Pair((1.5, 0.6), spreads=True, help="Standard deviations of P along its axes.").tag(sync=True)
    angle_p = Finite(30.0, help="Tilt of P's first axis, in degrees.").tag(sync=True)
    mean_q = Pair((0.8, 0.4), help="Mean of Q.").tag(sync=True)
    axes_q = Pair((1.2, 0.8), spreads=True, help="Standard deviations of Q along its axes.").tag(sync=True)
    angle_q = Finite(-20.0, help="Tilt of Q's first axis, in degrees.").tag(sync=True)
    contours = traitlets.Bool(False, help="Show what shifting Q would cost.").tag(sync=True)

    def __init__(
        self,
        mean_p: Iterable[float] = (-0.5, 0.0),
        cov_p: Any = None,
        mean_q: Iterable[float] = (0.8, 0.4),
        cov_q: Any = None,
        *,
        key: str = "ellipses",
        **kwargs: Any,
    ) -> None:
        for which, cov in (("p", cov_p), ("q", cov_q)):
            if cov is not None:
                kwargs[f"axes_{which}"], kwargs[f"angle_{which}"] = principal(f"cov_{which}", cov)
        super().__init__(mean_p=mean_p, mean_q=mean_q, key=key, **kwargs)

    @property
    def cov_p(self) -> np.ndarray:
        """The covariance of P; setting it sets spreads and tilt."""
        return covariance(self.axes_p, self.angle_p)

    @cov_p.setter
    def cov_p(self, cov: Any) -> None:
        axes, angle = principal("cov_p", cov)
        self.set(axes_p=axes, angle_p=angle)

    @property
    def cov_q(self) -> np.ndarray:
        """The covariance of Q; setting it sets spreads and tilt."""
        return covariance(self.axes_q, self.angle_q)

    @cov_q.setter
    def cov_q(self, cov: Any) -> None:
        axes, angle = principal("cov_q", cov)
        self.set(axes_q=axes, angle_q=angle)

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name: both divergences by kltext, and the three terms of D(P‖Q)."""
        nats = math.log(self.base) if self.base else 1.0
        p, q = (np.array(self.mean_p), self.cov_p), (np.array(self.mean_q), self.cov_q)
        shift = p[0] - q[0]
        return {
            "kl_pq": kltext.mvn_kl(*p, *q, base=self.base),
            "kl_qp": kltext.mvn_kl(*q, *p, base=self.base),
            "trace": float(np.trace(np.linalg.solve(q[1], p[1] - q[1]))) / 2 / nats,
            "volume": float(np.log(self.axes_q).sum() - np.log(self.axes_p).sum()) / nats,
            "mahalanobis": float(shift @ np.linalg.solve(q[1], shift)) / 2 / nats,
        }

    def _laws(self) -> str:
        def law(mean: tuple[float, float], axes: tuple[float, float], angle: float) -> str:
            return f"N(({short(mean[0])}, {short(mean[1])}), spreads {short(axes[0])} and {short(axes[1])}, tilt {short(angle)}°)"

        return f"P = {law(self.mean_p, self.axes_p, self.angle_p)}, Q = {law(self.mean_q, self.axes_q, self.angle_q)}"

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"GaussianEllipses: {self._laws()}\n{self._in_words()} (in {self.unit})"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.gaussian_ellipses.drawing import ellipses

        alt = f"Two ellipses, and three signed bars that add up to the divergence. {self._laws()}. {self._in_words()}, in {self.unit}."
        laws = [(self.mean_p, self.cov_p), (self.mean_q, self.cov_q)]
        return plots.to_svg(ellipses(laws, self.numbers(), self.unit), alt=alt)
