"""``TiltedPolicy``: reward minus β times the divergence from a reference, its optimum, and one's own policy below the frontier."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import traitlets

import kltext
from kltext.rlhf import regularised_reward, reward_kl_frontier, tilted_value
from kltext.widgets._base import BookWidget, bundle, sequence, short
from kltext.widgets._traits import Law, Names, letters, numbers

__all__ = ["TiltedPolicy"]

NUMBERS = {
    "earned": "E_π[r]",
    "kl": "KL(π‖ref)",
    "balance": "J(π)",
    "best_earned": "E_π*[r]",
    "best_kl": "KL(π*‖ref)",
    "ceiling": "β log Z",
    "gap": "β·KL(π‖π*)",
}
"""The numbers shown, by their names in the page and in Python."""

LIMIT, CHEAPEST = 5.0, 0.02  # how large a reward may be, and how low a price
ROUNDING = 1e-24  # a divergence this small is the rounding of a law that sums to 1


class _Reward(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A number of modest size for each answer."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        values = numbers(self.name, value)
        if bad := [v for v in values if not abs(v) <= LIMIT]:
            raise traitlets.TraitError(f"{self.name} must lie between {-LIMIT:g} and {LIMIT:g}, got {bad[0]!r}")
        return values


class _Price(traitlets.TraitType[float, Any]):
    """A number from 0.02 to infinity."""

    def validate(self, obj: Any, value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise traitlets.TraitError(f"{self.name} must be a number, got {value!r}") from None
        if not number >= CHEAPEST:
            raise traitlets.TraitError(f"{self.name} must be a number from {CHEAPEST:g} to inf, got {number!r}")
        return number


def _text(price: float) -> str:
    """The price as the page takes it: JSON has no infinity."""
    return "Infinity" if price == math.inf else repr(price)


class TiltedPolicy(BookWidget):
    """A reference, rewards and a price β on 2 to 6 answers, and a policy of one's own, to be dragged, typed or set from Python.

    >>> from kltext.widgets import TiltedPolicy
    >>> tilted = TiltedPolicy([0.7, 0.2, 0.1], [0, 1, 2], beta=0.5)
    >>> tilted
    TiltedPolicy: reference (A 0.7, B 0.2, C 0.1), reward (A 0, B 1, C 2), β = 0.5, policy (A 0.7, B 0.2, C 0.1)
    E_π[r] = 0.4, KL(π‖ref) = 0, J(π) = 0.4, E_π*[r] = 1.623, KL(π*‖ref) = 1.213, β log Z = 1.017, β·KL(π‖π*) = 0.6165
    >>> tilted.policy = tilted.optimum
    >>> round(tilted.numbers()["balance"], 6), round(tilted.numbers()["gap"], 12)
    (1.016543, 0.0)
    """

    _esm = bundle("tilted_policy.js")
    _name = "tilted_policy"
    _state_traits = ("policy", "reference", "reward", "labels", "beta")

    policy = Law((0.5, 0.5), most=6, help="The policy of the reader's own.").tag(sync=True)
    reference = Law((0.5, 0.5), most=6, help="The fixed law that the divergence is measured from.").tag(sync=True)
    reward = _Reward((0.0, 1.0), help="A reward for each answer.").tag(sync=True)
    labels = Names(("A", "B"), help="The answers' names; letters by default.").tag(sync=True)
    beta = _Price(1.0, help="The price of a nat of divergence, from 0.02 to math.inf.").tag(
        sync=True, to_json=lambda value, _: _text(value), from_json=lambda value, _: value
    )

    def __init__(
        self,
        reference: Sequence[float] = (0.7, 0.2, 0.1),
        reward: Sequence[float] = (0.0, 1.0, 2.0),
        labels: Sequence[str] | None = None,
        *,
        beta: float = 0.5,
        policy: Sequence[float] | None = None,
        key: str = "tilted",
        **kwargs: Any,
    ) -> None:
        names = letters(len(sequence("reference", reference))) if labels is None else labels
        own = reference if policy is None else policy
        super().__init__(reference=reference, reward=reward, labels=names, policy=own, beta=beta, key=key, **kwargs)

    def set(self, **traits: Any) -> None:
        """Change several traits in one step. New answers without names get letters, and a new number of them a new policy."""
        if "reference" in traits and (count := len(sequence("reference", traits["reference"]))) != len(self.reference):
            traits = {"labels": letters(count), "policy": traits["reference"], **traits}
        super().set(**traits)

    @traitlets.validate("policy", "reference", "reward", "labels")
    def _fits(self, proposal: traitlets.Bunch) -> Any:
        """What belongs to the answers must be of one length; held back until the end of a change in one step."""
        name, value = proposal.trait.name, proposal.value
        counts = {trait: len(value if trait == name else getattr(self, trait)) for trait in ("reference", "reward", "policy", "labels")}
        for other, count in counts.items():
            if count != counts["reference"]:
                raise traitlets.TraitError(
                    f"reference has {counts['reference']} answers, but {other} has {count};"
                    " change them in one step with set(reference=…, reward=…, policy=…, labels=…)"
                )
        return value

    def state(self) -> dict[str, Any]:
        return {**super().state(), "beta": _text(self.beta)}

    @property
    def optimum(self) -> tuple[float, ...]:
        """The best policy on the leash: the reference, tilted by the exponential of reward/β."""
        if self.beta == math.inf:
            return self.reference
        return tuple(kltext.tilt(list(self.reference), list(self.reward), self.beta).law.tolist())

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, computed by kltext; divergences in nats."""
        policy, reference, reward = list(self.policy), list(self.reference), list(self.reward)
        best = reward_kl_frontier(reference, reward, self.beta)

        def apart(law: Sequence[float], other: Sequence[float]) -> float:
            divergence = kltext.kl_divergence(list(law), list(other))
            return divergence if divergence >= ROUNDING else 0.0

        missed = apart(policy, self.optimum)
        return {
            "earned": math.fsum(a * r for a, r in zip(policy, reward, strict=True)),
            "kl": kltext.kl_divergence(policy, reference),
            "balance": regularised_reward(policy, reference, reward, self.beta),
            "best_earned": best.reward,
            "best_kl": apart(self.optimum, reference),
            "ceiling": tilted_value(reference, reward, self.beta),
            "gap": self.beta * missed if missed else 0.0,
        }

    def _row(self, values: Sequence[float]) -> str:
        return ", ".join(f"{label} {short(value)}" for label, value in zip(self.labels, values, strict=True))

    def _problem(self) -> str:
        return f"reference ({self._row(self.reference)}), reward ({self._row(self.reward)}), β = {short(self.beta)}, policy ({self._row(self.policy)})"

    def _in_words(self) -> str:
        found = self.numbers()
        return ", ".join(f"{symbol} = {short(found[name])}" for name, symbol in NUMBERS.items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._problem()}\n{self._in_words()}"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.tilted_policy.drawing import leash

        alt = f"A policy and its reference as bars, the rewards, and the reward-divergence frontier with the optimum. {self._problem()}. {self._in_words()}."
        return plots.to_svg(leash(self), alt=alt)
