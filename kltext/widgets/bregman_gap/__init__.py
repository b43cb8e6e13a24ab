"""``BregmanGap``: two members of an exponential family on a convex curve, and the gap above a tangent that is D(P‖Q)."""

from __future__ import annotations

from typing import Any

import traitlets

from kltext.widgets._base import BookWidget, bundle, short
from kltext.widgets._traits import Finite
from kltext.widgets.bregman_gap.families import FAMILIES, Family

__all__ = ["BregmanGap"]

NUMBERS = {"kl_pq": "D(P‖Q)", "kl_qp": "D(Q‖P)", "mean_p": "mean of P", "mean_q": "mean of Q"}


class BregmanGap(BookWidget):
    """Two laws P and Q of one family, given by their means, to be dragged, typed or set from Python.

    The families are ``"bernoulli"``, ``"poisson"``, ``"exponential"`` and ``"gaussian"`` (with variance 1). The natural
    parameters can be read and set as well; they are infinite where a mean lies on the edge of its range:

    >>> from kltext.widgets import BregmanGap
    >>> gap = BregmanGap("poisson", 3, 5)
    >>> gap
    BregmanGap: Poisson, P with mean 3 (θ = 1.099), Q with mean 5 (θ = 1.609)
    D(P‖Q) = 0.4675, D(Q‖P) = 0.5541 (in nats)
    >>> gap.natural_q = 0
    >>> gap.mean_q
    1.0
    >>> gap.set(family="bernoulli", mean_p=0.5, mean_q=1)
    >>> gap.kl_pq, gap.kl_qp, gap.natural_q
    (inf, 0.6931471805599453, inf)
    """

    _esm = bundle("bregman_gap.js")
    _name = "bregman_gap"
    _state_traits = ("family", "mean_p", "mean_q", "both")

    family = traitlets.Enum(tuple(FAMILIES), "poisson", help="The exponential family of both laws.").tag(sync=True)
    mean_p = Finite(3.0, help="Mean of P.").tag(sync=True)
    mean_q = Finite(5.0, help="Mean of Q.").tag(sync=True)
    both = traitlets.Bool(False, help="Show the gap of the other direction as well.").tag(sync=True)

    def __init__(
        self,
        family: str = "poisson",
        mean_p: float | None = None,
        mean_q: float | None = None,
        *,
        key: str = "gap",
        **kwargs: Any,
    ) -> None:
        start = FAMILIES[family].start if family in FAMILIES else (3.0, 5.0)
        means = {"mean_p": start[0] if mean_p is None else mean_p, "mean_q": start[1] if mean_q is None else mean_q}
        super().__init__(family=family, **means, key=key, **kwargs)

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. A new family without means starts with its usual pair."""
        if traits.get("family", self.family) in FAMILIES and traits.get("family", self.family) != self.family:
            start = FAMILIES[traits["family"]].start
            traits = {"mean_p": start[0], "mean_q": start[1], **traits}
        super().set(**traits)

    @traitlets.validate("family", "mean_p", "mean_q")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        """The means must belong to the family; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        checked = {"mean_p": self.mean_p, "mean_q": self.mean_q} if name == "family" else {name: value}
        family = value if name == "family" else self.family
        law = FAMILIES[family]
        for which, mean in checked.items():
            if not law.least <= mean <= law.most or (family == "exponential" and mean == 0):
                wanted = {"bernoulli": "lie between 0 and 1", "poisson": "be non-negative", "exponential": "be positive"}[family]
                hint = "; change them in one step with set(family=…, mean_p=…, mean_q=…)" if name == "family" else ""
                raise traitlets.TraitError(f"{which} must {wanted} in the {law.title} family, got {mean!r}{hint}")
        return value

    @property
    def _law(self) -> Family:
        return FAMILIES[self.family]

    @property
    def natural_p(self) -> float:
        """θ of P; setting it, to a finite number, sets the mean."""
        return self._law.natural(self.mean_p)

    @natural_p.setter
    def natural_p(self, theta: float) -> None:
        self.mean_p = self._law.mean(theta)

    @property
    def natural_q(self) -> float:
        """θ of Q; setting it, to a finite number, sets the mean."""
        return self._law.natural(self.mean_q)

    @natural_q.setter
    def natural_q(self, theta: float) -> None:
        self.mean_q = self._law.mean(theta)

    @property
    def kl_pq(self) -> float:
        """D(P‖Q) in nats: the gap at Q above the tangent at P."""
        return self._law.kl(self.mean_p, self.mean_q)

    @property
    def kl_qp(self) -> float:
        """D(Q‖P) in nats: the gap at P above the tangent at Q."""
        return self._law.kl(self.mean_q, self.mean_p)

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name; the divergences in nats."""
        return {"kl_pq": self.kl_pq, "kl_qp": self.kl_qp, "mean_p": self.mean_p, "mean_q": self.mean_q}

    def _laws(self) -> str:
        rows = (("P", self.mean_p, self.natural_p), ("Q", self.mean_q, self.natural_q))
        return ", ".join([self._law.title, *(f"{name} with mean {short(mean)} (θ = {short(theta)})" for name, mean, theta in rows)])

    def _in_words(self) -> str:
        return f"{NUMBERS['kl_pq']} = {short(self.kl_pq)}, {NUMBERS['kl_qp']} = {short(self.kl_qp)} (in nats)"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.bregman_gap.drawing import two_sides

        alt = f"Two convex curves with the points P and Q, a tangent, and the gap above it that is D(P‖Q). {self._laws()}. {self._in_words()}."
        return plots.to_svg(two_sides(self._law, self.mean_p, self.mean_q), alt=alt)
