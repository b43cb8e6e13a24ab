"""``GaussianPair``: two normal densities under the hand, their log-ratio, and the integrand of their divergence."""

from __future__ import annotations

import math
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import PairWidget, bundle, short
from kltext.widgets._traits import Finite
from kltext.widgets.gaussian_pair.integrals import mixture_integrals

__all__ = ["GaussianPair"]


class GaussianPair(PairWidget):
    """Two normal laws P and Q, to be dragged, typed or set from Python.

    >>> from kltext.widgets import GaussianPair
    >>> pair = GaussianPair(0, 1, 1, 2)
    >>> pair
    GaussianPair: P = N(mean 0, sd 1), Q = N(mean 1, sd 2)
    D(P‖Q) = 0.4431, D(Q‖P) = 1.307, H(P) = 1.419, H(P,Q) = 1.862, JS(P,Q) = 0.1282, TV(P,Q) = 0.3901 (in nats; TV has no unit)
    >>> pair.std_q = 1
    >>> pair.kl_pq, pair.kl_qp
    (0.5, 0.5)
    """

    _esm = bundle("gaussian_pair.js")
    _name = "gaussian_pair"
    _state_traits = ("mean_p", "std_p", "mean_q", "std_q", "log_scale", "unit")

    mean_p = Finite(0.0, help="Mean of P.").tag(sync=True)
    std_p = Finite(1.0, positive=True, help="Standard deviation of P.").tag(sync=True)
    mean_q = Finite(1.0, help="Mean of Q.").tag(sync=True)
    std_q = Finite(2.0, positive=True, help="Standard deviation of Q.").tag(sync=True)
    log_scale = traitlets.Bool(False, help="Show the densities on a logarithmic axis.").tag(sync=True)

    def __init__(
        self,
        mean_p: float = 0.0,
        std_p: float = 1.0,
        mean_q: float = 1.0,
        std_q: float = 2.0,
        *,
        key: str = "gaussians",
        **kwargs: Any,
    ) -> None:
        super().__init__(mean_p=mean_p, std_p=std_p, mean_q=mean_q, std_q=std_q, key=key, **kwargs)

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name. H(P) and H(P,Q) are differential, so they may be negative."""
        p, q = (self.mean_p, self.std_p), (self.mean_q, self.std_q)
        nats = math.log(self.base) if self.base else 1.0
        entropy = math.log(self.std_p) + (math.log(2 * math.pi) + 1) / 2
        kl_pq = kltext.gaussian_kl(*p, *q)
        js, tv = mixture_integrals(*p, *q)
        return {
            "kl_pq": kltext.gaussian_kl(*p, *q, base=self.base),
            "kl_qp": kltext.gaussian_kl(*q, *p, base=self.base),
            "entropy_p": entropy / nats,
            "cross_entropy_pq": (entropy + kl_pq) / nats,
            "js": js / nats,
            "tv": tv,
        }

    def _laws(self) -> str:
        mean_p, std_p, mean_q, std_q = (short(x) for x in (self.mean_p, self.std_p, self.mean_q, self.std_q))
        return f"P = N(mean {mean_p}, sd {std_p}), Q = N(mean {mean_q}, sd {std_q})"

    def _fallback(self) -> str:
        from kltext import plots

        figure = plots.gaussian_panel(self.mean_p, self.std_p, self.mean_q, self.std_q, log_scale=self.log_scale)
        alt = f"Two normal densities, their log-ratio and the integrand p·r. {self._laws()}. {self._in_words()}, in {self.unit}."
        return plots.to_svg(figure, alt=alt)
