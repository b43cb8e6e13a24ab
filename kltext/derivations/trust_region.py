"""From the return of a policy to PPO's penalty, on a decision process small enough to solve.

Explained in: chapters/ppo
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kltext._arrays import ArrayLike, as_arrays, plain
from kltext._checks import as_laws, require
from kltext.derivation import Derivation, Line
from kltext.derivations._sums import kl

__all__ = ["trust_region"]


@dataclass(frozen=True)
class _Compared:
    """Two policies in one decision process, everything by solving linear equations."""

    old: Any
    new: Any
    transitions: Any
    rewards: Any
    start: Any
    gamma: float
    beta: float

    def value(self, policy: Any) -> Any:
        """V(s) = Σ_a π (R + γ Σ_s' P V)."""
        step = np.einsum("sa,sat->st", policy, self.transitions)
        return np.linalg.solve(np.eye(len(step)) - self.gamma * step, (policy * self.rewards).sum(1))

    def visits(self, policy: Any) -> Any:
        """d(s) = (1 − γ) Σ_t γᵗ Pr(s_t = s)."""
        step = np.einsum("sa,sat->st", policy, self.transitions)
        return (1 - self.gamma) * np.linalg.solve(np.eye(len(step)) - self.gamma * step.T, self.start)

    def score(self, policy: Any) -> float:
        return float(self.start @ self.value(policy))

    def advantage(self) -> Any:
        value = self.value(self.old)
        return self.rewards + self.gamma * self.transitions @ value - value[:, None]

    def gain(self) -> Any:
        """Σ_a π(a∣s) A(s, a) for each state."""
        return (self.new * self.advantage()).sum(1)

    def scaled(self, bracket: float) -> float:
        return self.score(self.old) + bracket / (1 - self.gamma)

    def surrogate(self) -> float:
        return float(self.visits(self.old) @ self.gain())

    def largest(self) -> float:
        return float(abs(self.advantage()).max())

    def slope(self) -> float:
        return 2 * self.gamma / (1 - self.gamma) * self.largest()

    def moved(self) -> float:
        return float(self.visits(self.old) @ abs(self.new - self.old).sum(1)) / 2

    def divergence(self) -> float:
        rows = zip(self.visits(self.old), self.old, self.new, strict=True)
        return math.fsum(d * kl(a, b) for d, a, b in rows if d > 0)


def trust_region(
    old: ArrayLike,
    new: ArrayLike,
    transitions: ArrayLike,
    rewards: ArrayLike,
    start: ArrayLike,
    gamma: float,
    beta: float,
) -> Derivation:
    """The new policy's return is at least the penalised surrogate, up to a constant.

    ``old`` and ``new`` are policies (states, actions), ``transitions`` (states, actions, states) a law for
    each action, ``rewards`` (states, actions), ``start`` the law of the first state.
    """
    example = _example(old, new, transitions, rewards, start, gamma, beta)

    def line(latex: str, value: Any, relation: str | None = None, reason: str = "") -> Line:
        return Line(latex, lambda **given: value(_Compared(**given)), relation, reason)

    before = r"J(\pi_{\mathrm{old}}) + \frac{1}{1-\gamma}"
    surrogate = r"\sum_s d_{\mathrm{old}}\sum_a \pi A"
    lines = [
        line(r"J(\pi) = \mathbb{E}_\pi\Bigl[\sum_t \gamma^t R_t\Bigr]", lambda c: c.score(c.new)),
        line(
            before + r"\sum_s d_\pi(s)\sum_a \pi(a\mid s)\,A(s,a)",
            lambda c: c.scaled(float(c.visits(c.new) @ c.gain())),
            "=",
            r"performance difference: $A$ is the advantage under $\pi_{\mathrm{old}}$, and the terms"
            r" $\gamma V(s_{t+1}) - V(s_t)$ telescope along a path of $\pi$",
        ),
        line(
            before + r"\Bigl[" + surrogate + r" - \epsilon\sum_s\lvert d_\pi - d_{\mathrm{old}}\rvert\Bigr]",
            lambda c: c.scaled(c.surrogate() - c.largest() * abs(c.visits(c.new) - c.visits(c.old)).sum()),
            ">=",
            r"we only have visits of $\pi_{\mathrm{old}}$; $\epsilon = \max_{s,a}\lvert A\rvert$ bounds what a state can do",
        ),
        line(
            before + r"\Bigl[" + surrogate + r" - C\sum_s d_{\mathrm{old}}\,\mathrm{TV}(\pi_{\mathrm{old}},\pi)\Bigr],"
            r"\quad C = \frac{2\gamma\epsilon}{1-\gamma}",
            lambda c: c.scaled(c.surrogate() - c.slope() * c.moved()),
            ">=",
            "policies that choose alike visit alike: a different action now moves all later visits, discounted",
        ),
        line(
            before + r"\Bigl[" + surrogate + r" - C\sqrt{\tfrac12\bar D}\Bigr],"
            r"\quad \bar D = \sum_s d_{\mathrm{old}}\,D(\pi_{\mathrm{old}}\Vert\pi)",
            lambda c: c.scaled(c.surrogate() - c.slope() * math.sqrt(c.divergence() / 2)),
            ">=",
            "Pinsker's inequality in each state, and the root of an average is at least the average of the roots",
        ),
        line(
            before + r"\Bigl[" + surrogate + r" - \beta\bar D - \frac{C^2}{8\beta}\Bigr]",
            lambda c: c.scaled(c.surrogate() - c.beta * c.divergence() - c.slope() ** 2 / (8 * c.beta)),
            ">=",
            r"$(\sqrt{\beta\bar D} - C/\sqrt{8\beta})^2 \ge 0$; the root has become a linear price",
        ),
        line(
            before + r"\Bigl[\mathbb{E}_{s\sim d_{\mathrm{old}},\,a\sim\pi_{\mathrm{old}}}\Bigl[\frac{\pi(a\mid s)}"
            r"{\pi_{\mathrm{old}}(a\mid s)}A(s,a) - \beta\,D(\pi_{\mathrm{old}}\Vert\pi)\Bigr]"
            r" - \frac{C^2}{8\beta}\Bigr]",
            _sampled,
            "=",
            r"weights turn samples of $\pi_{\mathrm{old}}$ into averages under $\pi$: PPO's penalised objective,"
            " and a constant",
        ),
    ]
    return Derivation("From the return to PPO's penalty", lines, example)


def _sampled(c: _Compared) -> float:
    visits, advantage = c.visits(c.old), c.advantage()
    terms = [
        visits[s] * (c.old[s, a] * (c.new[s, a] / c.old[s, a]) * advantage[s, a]) for s, a in np.argwhere(c.old > 0)
    ]
    penalties = [d * kl(a, b) for d, a, b in zip(visits, c.old, c.new, strict=True) if d > 0]
    return c.scaled(math.fsum(terms) - c.beta * math.fsum(penalties) - c.slope() ** 2 / (8 * c.beta))


def _example(
    old: ArrayLike,
    new: ArrayLike,
    transitions: ArrayLike,
    rewards: ArrayLike,
    start: ArrayLike,
    gamma: float,
    beta: float,
) -> dict[str, object]:
    found: dict[str, Any] = {}
    for name, value in (("old", old), ("new", new), ("transitions", transitions), ("start", start)):
        found[name] = plain(as_laws(**{name: value})[1]).astype(float)
    xp, table = as_arrays(rewards=rewards)
    require(xp, xp.isfinite(table), "rewards must be finite", table)
    found["rewards"] = plain(table).astype(float)
    states = found["start"].shape
    pairs = found["old"].shape
    wanted = {"old": (*states, *pairs[-1:]), "new": pairs, "rewards": pairs, "transitions": (*pairs, *states)}
    for name, shape in wanted.items():
        if len(states) != 1 or found[name].shape != shape:
            raise ValueError(f"{name} must have shape {shape}, got {found[name].shape}")
    if ((found["old"] == 0) & (found["new"] > 0)).any():
        raise ValueError("old must play every action that new plays, or its samples say nothing about it")
    if not 0 <= gamma < 1:
        raise ValueError(f"gamma must lie in [0, 1), got {gamma!r}")
    if not 0 < beta < math.inf:
        raise ValueError(f"beta must be positive and finite, got {beta!r}")
    return {**found, "gamma": float(gamma), "beta": float(beta)}
