"""``KlBudget``: one latent dimension of a VAE, its KL from the prior in two parts, its gradient, and where it explodes."""

from __future__ import annotations

import math
from typing import Any

import traitlets

import kltext
from kltext.widgets._base import BookWidget, bundle, short
from kltext.widgets._traits import Finite

__all__ = ["KlBudget"]

NUMBERS = {
    "kl": "KL(q‖p)",
    "mean_cost": "½μ²",
    "var_cost": "½(σ²−1−ℓ)",
    "grad_mean": "∂KL/∂μ",
    "grad_log_var": "∂KL/∂ℓ",
    "left": "B − KL",
    "total": "d·KL",
}
"""The numbers shown, by their names in the page and in Python."""

SENSE = {"mean": 1e100, "log_var": 700.0, "budget": 1e100}


class KlBudget(BookWidget):
    """One latent dimension q = N(mean, e^log_var) against the prior p = N(0, 1), to be dragged, typed or set from Python.

    ``budget`` is what the dimension may cost, in nats, and ``dims`` the number of dimensions like it that a dashboard adds up:

    >>> from kltext.widgets import KlBudget
    >>> latent = KlBudget(1, -1.5, budget=1, dims=16)
    >>> latent
    KlBudget: q = N(mean 1, log variance -1.5), budget 1 nat, 16 dimensions
    KL(q‖p) = 0.8616, ½μ² = 0.5, ½(σ²−1−ℓ) = 0.3616, ∂KL/∂μ = 1, ∂KL/∂ℓ = -0.3884, B − KL = 0.1384, d·KL = 13.79 (in nats)
    >>> latent.log_var = 6  # the variance explodes
    >>> round(latent.kl, 4), round(latent.grad_log_var, 4), latent.inside
    (198.7144, 201.2144, False)
    """

    _esm = bundle("kl_budget.js")
    _name = "kl_budget"
    _state_traits = ("mean", "log_var", "budget", "dims")

    mean = Finite(1.0, help="Mean μ of q.").tag(sync=True)
    log_var = Finite(-1.5, help="Logarithm ℓ of the variance of q.").tag(sync=True)
    budget = Finite(1.0, positive=True, help="What the dimension may cost, in nats.").tag(sync=True)
    dims = traitlets.Int(16, min=1, max=10**9, help="How many dimensions like this one are added up.").tag(sync=True)

    def __init__(
        self,
        mean: float = 1.0,
        log_var: float = -1.5,
        *,
        budget: float = 1.0,
        dims: int = 16,
        key: str = "latent",
        **kwargs: Any,
    ) -> None:
        super().__init__(mean=mean, log_var=log_var, budget=budget, dims=dims, key=key, **kwargs)

    @traitlets.validate("mean", "log_var", "budget")
    def _within(self, proposal: traitlets.Bunch) -> Any:
        name, value = proposal.trait.name, proposal.value
        if abs(value) > SENSE[name]:
            raise traitlets.TraitError(f"{name} must lie between {-SENSE[name]:g} and {SENSE[name]:g}, got {value!r}")
        return value

    @property
    def kl(self) -> float:
        """D(q‖p) of the dimension, in nats."""
        return float(kltext.vae_kl(self.mean, self.log_var))

    @property
    def grad_mean(self) -> float:
        """The slope of the KL in the mean, which is the mean."""
        return self.mean

    @property
    def grad_log_var(self) -> float:
        """The slope of the KL in the log variance, ½(σ² − 1)."""
        return math.expm1(self.log_var) / 2

    @property
    def inside(self) -> bool:
        """Whether the dimension keeps within its budget."""
        return self.kl <= self.budget

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, in nats."""
        kl = self.kl
        return {
            "kl": kl,
            "mean_cost": float(kltext.vae_kl(self.mean, 0.0)),
            "var_cost": float(kltext.vae_kl(0.0, self.log_var)),
            "grad_mean": self.grad_mean,
            "grad_log_var": self.grad_log_var,
            "left": self.budget - kl,
            "total": self.dims * kl,
        }

    def _laws(self) -> str:
        budget = f"budget {short(self.budget)} nat{'' if self.budget == 1 else 's'}"
        dims = f"{self.dims} dimension{'' if self.dims == 1 else 's'}"
        return f"q = N(mean {short(self.mean)}, log variance {short(self.log_var)}), {budget}, {dims}"

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()} (in nats)"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.kl_budget.drawing import plane_and_parts

        alt = f"The plane of mean and log variance with lines of equal KL, the budget's line and q; beside it what the variance costs. {self._laws()}. {self._in_words()}, in nats."
        return plots.to_svg(plane_and_parts(self.mean, self.log_var, self.budget), alt=alt)
