"""``GaussianPair``: two normal densities under the hand, their log-ratio, and the integrand of their divergence."""

from __future__ import annotations

from typing import Any

import traitlets

import kltext
from kltext.widgets._base import BookWidget, bundle


class GaussianPair(BookWidget):
    """Two normal densities P and Q, to be dragged, typed or set from Python."""

    _esm = bundle("gaussian_pair.js")
    _name = "gaussian_pair"
    _state_traits = ("mean_p", "std_p", "mean_q", "std_q", "log_scale", "unit")

    mean_p = traitlets.Float(0.0).tag(sync=True)
    std_p = traitlets.Float(1.0).tag(sync=True)
    mean_q = traitlets.Float(1.0).tag(sync=True)
    std_q = traitlets.Float(2.0).tag(sync=True)
    log_scale = traitlets.Bool(False).tag(sync=True)
    unit = traitlets.Enum(("nats", "bits"), "nats").tag(sync=True)

    def __init__(self, mean_p: float = 0.0, std_p: float = 1.0, mean_q: float = 1.0, std_q: float = 2.0, *, key: str = "gaussians", **kwargs: Any) -> None:
        super().__init__(mean_p=mean_p, std_p=std_p, mean_q=mean_q, std_q=std_q, key=key, **kwargs)

    @property
    def kl_pq(self) -> float:
        """D(P‖Q)."""
        return float(kltext.gaussian_kl(self.mean_p, self.std_p, self.mean_q, self.std_q, base=2 if self.unit == "bits" else None))

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name."""
        return {"kl_pq": self.kl_pq}

    def __repr__(self) -> str:
        return f"GaussianPair(N({self.mean_p}, {self.std_p}), N({self.mean_q}, {self.std_q}))"

    def _fallback(self) -> str:
        from kltext import plots

        figure = plots.gaussian_panel(self.mean_p, self.std_p, self.mean_q, self.std_q, log_scale=self.log_scale)
        return plots.to_svg(figure, alt=repr(self))
