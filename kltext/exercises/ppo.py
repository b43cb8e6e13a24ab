"""The exercises of the chapter on PPO."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from kltext.estimators import kl_estimators
from kltext.exercises.calls import close, number, numbers, shown
from kltext.exercises.functions import FunctionExercise
from kltext.exercises.inputs import Input
from kltext.exercises.mistakes import Imitation
from kltext.exercises.numbers import NumberExercise, Wrong
from kltext.exercises.properties import Function, Inputs, Mismatch, Property, told
from kltext.ppo import adapt_kl_coefficient, ppo_clip_objective, ppo_kl_objective

Array = np.ndarray[Any, Any]

# ppo-sample: a bad action that has become likelier.
RISE, BAD, EPSILON = 0.3, -2.0, 0.2

sample = NumberExercise(
    "ppo-sample",
    answer=lambda: float(ppo_clip_objective([RISE], [0.0], [BAD], epsilon=EPSILON).value),
    wrong=[
        Wrong("That is the clipped term. The minimum of the two is asked for, and both are negative.", lambda: (1 + EPSILON) * BAD),
        Wrong("That takes 1 + 0.3 for the ratio. It is a change of the log-probability: the ratio is e to that power.", lambda: (1 + RISE) * BAD),
        Wrong("That is upside down: the new probability over the old one.", lambda: math.exp(-RISE) * BAD),
        Wrong("That is the lower end of the band. A ratio above 1 never gets there.", lambda: (1 - EPSILON) * BAD),
    ],
)  # fmt: skip

# ppo-log: four samples of the old policy.
CHANGES = np.array([0.2, -0.1, 0.1, -0.1])


def _estimates(changes: Array) -> tuple[float, float, float]:
    found = kl_estimators(np.zeros(len(changes)), changes)
    return float(found.k1.mean()), float(found.k2.mean()), float(found.k3.mean())


log = NumberExercise(
    "ppo-log",
    answer=lambda: _estimates(CHANGES)[2],
    unit="nats",
    wrong=[
        Wrong("That is k1, the mean of the log-ratio.", lambda: _estimates(CHANGES)[0]),
        Wrong("That is k2, half the mean square.", lambda: _estimates(CHANGES)[1]),
        Wrong("The sign of u is turned around: u is the new log-probability minus the old.", lambda: _estimates(-CHANGES)[2]),
        Wrong("That is the sum over the four samples.", lambda: 4 * _estimates(CHANGES)[2]),
    ],
)  # fmt: skip

# ppo-beta: six updates with the adaptive coefficient.
TARGET, REACHED = 0.01, (0.004, 0.02, 0.012, 0.016, 0.05, 0.03)


def _coefficient(rule: Function) -> float:
    beta = 1.0
    for d in REACHED:
        beta = rule(beta, d)
    return beta


def _without_slack(beta: float, d: float) -> float:
    return beta / 2 if d < TARGET else 2 * beta


def _backwards(beta: float, d: float) -> float:
    return beta**2 / adapt_kl_coefficient(beta, d, TARGET)


def _rllib(beta: float, d: float) -> float:
    return beta / 2 if d < TARGET / 2 else 1.5 * beta if d > 2 * TARGET else beta


beta = NumberExercise(
    "ppo-beta",
    answer=lambda: _coefficient(lambda beta, d: adapt_kl_coefficient(beta, d, TARGET)),
    wrong=[
        Wrong("That doubles at 0.012 as well. Within a factor of 1.5 of the target nothing changes.", lambda: _coefficient(_without_slack)),
        Wrong("That is the rule the other way round: a divergence that is too large makes the leash shorter, and β larger.", lambda: _coefficient(_backwards)),
        Wrong("That is RLlib's rule, with its other thresholds and factors. The paper's is asked for.", lambda: _coefficient(_rllib)),
    ],
)  # fmt: skip

# ppo-bound: what the surrogate must promise.
GAMMA, LARGEST, NATS = 0.99, 1.0, 0.01

bound = NumberExercise(
    "ppo-bound",
    answer=lambda: 2 * GAMMA * LARGEST / (1 - GAMMA) * NATS,
    wrong=[
        Wrong("That is what has to be made up in the return. The surrogate is divided by 1 − γ there.", lambda: 2 * GAMMA * LARGEST / (1 - GAMMA) ** 2 * NATS),
        Wrong("The factor 2 is missing.", lambda: GAMMA * LARGEST / (1 - GAMMA) * NATS),
        Wrong("That is the constant as TRPO printed it, without Pinsker's ½.", lambda: 4 * GAMMA * LARGEST / (1 - GAMMA) * NATS),
        Wrong("That is the root of an average divergence. In every state, the second line holds without a root.", lambda: 2 * GAMMA * LARGEST / (1 - GAMMA) * math.sqrt(NATS / 2)),
    ],
)  # fmt: skip

# ppo-logit: the same divergence at two places.
MIDDLE, SURE = 0.5, 0.99


def _information(p: float) -> float:
    return p * (1 - p)


logit = NumberExercise(
    "ppo-logit",
    answer=lambda: math.sqrt(_information(MIDDLE) / _information(SURE)),
    wrong=[
        Wrong("That is the ratio of the Fisher informations. The step enters squared.", lambda: _information(MIDDLE) / _information(SURE)),
        Wrong("That is upside down.", lambda: math.sqrt(_information(SURE) / _information(MIDDLE))),
        Wrong("That compares the probabilities themselves.", lambda: SURE / MIDDLE),
        Wrong("That is the Fisher information in the probability, 1 / p(1 − p). In the logit it is p(1 − p).", lambda: _information(SURE) / _information(MIDDLE)),
    ],
)  # fmt: skip

# ppo-blind: what is left of the bad action at two nats.
FAR = 2.0


def _left(nats: float) -> float:
    """The smaller root x of −½ log 4x(1 − x) = nats."""
    e = math.exp(-2 * nats)
    return e / (2 * (1 + math.sqrt(1 - e)))


blind = NumberExercise(
    "ppo-blind",
    answer=lambda: _left(FAR),
    wrong=[
        Wrong("That is the good action's probability.", lambda: 1 - _left(FAR)),
        Wrong("The ½ in front of the logarithm is missing.", lambda: _left(FAR / 2)),
        Wrong("That is for two bits.", lambda: _left(FAR * math.log(2))),
        Wrong("That leaves out the other action's part of the divergence.", lambda: math.exp(-2 * FAR) / 2),
    ],
)  # fmt: skip

# ppo-implement: the clipped objective.
NAMES = ("log_new", "log_old", "advantage")


def _clipped(log_new: Array, log_old: Array, advantage: Array) -> float:
    return float(ppo_clip_objective(log_new, log_old, advantage).value)


def _terms(form: Function) -> Function:
    """The mean of a form of ratio, clipped ratio and advantage."""

    def wrong(log_new: Array, log_old: Array, advantage: Array) -> float:
        rho = np.exp(log_new - log_old)
        return float(np.mean(form(rho, np.clip(rho, 0.8, 1.2), advantage)))

    return wrong


@cache
def _samples() -> tuple[Input, ...]:
    """One and two samples whose log-ratios lie below, inside and above the band, simplest first."""
    ratios, gains = [Fraction(k, 10) for k in (0, 1, -5, 5)], [Fraction(k) for k in (1, -1, 2)]
    found = [
        Input((tuple(Fraction(-1) + u for u in us), tuple(Fraction(-1) for _ in us), gain), NAMES)
        for count in (1, 2)
        for us in product(ratios, repeat=count)
        for gain in product(gains, repeat=count)
    ]
    return tuple(sorted(found, key=Input.size))


def _agrees(statement: str, inputs: Inputs, reference: Function) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = number(function, tried.arrays()), float(reference(*tried.arrays()))
        return None if close(value, target) else (told(target), shown(value))

    return Property(statement, inputs, test)


def _where(condition: Function) -> Inputs:
    """The single samples with this log-ratio and advantage."""

    def inputs() -> list[Input]:
        singles = [x for x in _samples() if len(x.arrays()[0]) == 1]
        return [x for x in singles if condition(float((x.arrays()[0] - x.arrays()[1])[0]), float(x.arrays()[2][0]))]

    return inputs


implement = FunctionExercise(
    "ppo-implement",
    _clipped,
    [
        _agrees("is ρ·A inside the band", _where(lambda u, a: abs(u) < 0.2), _clipped),
        _agrees("is held where a sample has got what it asked for", _where(lambda u, a: u * a > 0.2), _clipped),
        _agrees("is ρ·A where a sample has gone the wrong way", _where(lambda u, a: u * a < -0.2), _clipped),
        _agrees("is a mean over the samples", _samples, _clipped),
    ],
    [
        Imitation("The clip has no minimum beside it: cases 1 and 6 are silenced as well.", _terms(lambda rho, clip, a: clip * a)),
        Imitation("That is the maximum of the two terms. The objective is the pessimistic one.", _terms(lambda rho, clip, a: np.maximum(rho * a, clip * a))),
        Imitation("Nothing is clipped.", _terms(lambda rho, clip, a: rho * a)),
        Imitation("The minimum is taken of the ratios, before the advantage: for A < 0 it has to be the maximum.", _terms(lambda rho, clip, a: np.minimum(rho, clip) * a)),
        Imitation("That is the loss, to be minimised. The objective has the other sign.", _terms(lambda rho, clip, a: -np.minimum(rho * a, clip * a))),
        Imitation("The ratio is upside down: new over old.", _terms(lambda rho, clip, a: np.minimum(a / rho, np.clip(1 / rho, 0.8, 1.2) * a))),
    ],
    (), _samples(),
)  # fmt: skip

# ppo-bug-action: a surrogate that looks at no action.
ACTION_NAMES = ("log_new", "log_old", "action", "advantage")


def _sampled(log_new: Array, log_old: Array, action: Array, advantage: Array) -> float:
    rows, chosen = np.arange(len(action)), action.astype(int)
    ratio = np.exp(log_new[rows, chosen] - log_old[rows, chosen])
    return float(np.mean(ratio * advantage))


@cache
def _batches() -> tuple[Input, ...]:
    """One and two states with two actions each, simplest first."""
    new, old = [(-1, 0), (0, -1), (-2, -1)], [(-1, -1), (0, -2)]
    rows = [(a, b, k, Fraction(gain)) for a, b in product(new, old) for k in (0, 1) for gain in (1, -1)]
    found = []
    for one in rows:
        found.append([one])
        found += [[one, other] for other in rows[::5]]

    def law(pair: tuple[int, int]) -> tuple[Fraction, ...]:
        return tuple(Fraction(x) for x in pair)

    batches = [
        Input((tuple(law(r[0]) for r in batch), tuple(law(r[1]) for r in batch), tuple(Fraction(r[2]) for r in batch), tuple(r[3] for r in batch)), ACTION_NAMES)
        for batch in found
    ]  # fmt: skip
    return tuple(sorted(batches, key=Input.size))


def _other_actions_do_not_count() -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        log_new, log_old, action, advantage = tried.arrays()
        changed = log_new.copy()
        changed[np.arange(len(action)), 1 - action.astype(int)] -= 3
        before, after = (number(function, (x, log_old, action, advantage)) for x in (log_new, changed))
        expected = f"{shown(before)} also after the other action has become rarer"
        return None if close(before, after) else (expected, shown(after))

    return Property("looks at the sampled actions only", _batches, test)


def _unchanged() -> list[Input]:
    return [x for x in _batches() if x.arguments[0] == x.arguments[1]]


bug_action = FunctionExercise(
    "ppo-bug-action",
    _sampled,
    [
        _agrees("is the mean advantage for the old policy", _unchanged, _sampled),
        _other_actions_do_not_count(),
        _agrees("weighs each advantage with the ratio of its action", _batches, _sampled),
    ],
    [
        Imitation("The ratio is averaged over all actions: the sampled one is never looked at.", lambda new, old, action, gain: float(np.mean(np.exp(new - old) * gain[:, None]))),
        Imitation("Weighted with the old policy, the sum over all actions is the same for every policy: the advantage itself.", lambda new, old, action, gain: float(np.mean((np.exp(old) * np.exp(new - old)).sum(1) * gain))),
        Imitation("That is the largest ratio of each state, not the sampled action's.", lambda new, old, action, gain: float(np.mean(np.exp(new - old).max(1) * gain))),
        Imitation("That is the loss, to be minimised. The surrogate has the other sign.", lambda *batch: -_sampled(*batch)),
    ],
    (), _batches(),
)  # fmt: skip

# ppo-bug-beta: a coefficient that changes inside its loss.
PENALTY_NAMES = ("surrogate", "kl", "beta", "target")


def _penalised(surrogate: float, kl: float, beta: float, target: float) -> tuple[float, float]:
    objective = ppo_kl_objective([0.0], [0.0], [float(surrogate)], kl=float(kl), beta=float(beta)).value
    return -float(objective), adapt_kl_coefficient(float(beta), float(kl), float(target))


class Numbers(Input):
    """Arguments that are plain numbers, kept as laws of one entry."""

    def arrays(self) -> list[Any]:
        return [np.float64(float(argument[0])) for argument in self.arguments]  # type: ignore[arg-type]

    def lists(self) -> list[Any]:
        return [float(x) for x in self.arrays()]


@cache
def _penalties() -> tuple[Input, ...]:
    """Gains, divergences around their target, coefficients; simplest first."""
    found = []
    for gain, reached, coefficient in product((0, 1), (Fraction(1, 4), Fraction(1), Fraction(5, 4), Fraction(3)), (1, 2)):
        found.append(Numbers(tuple((Fraction(x),) for x in (gain, reached, coefficient, 1)), PENALTY_NAMES))
    return tuple(sorted(found, key=Input.size))


def _entry(statement: str, which: int, inputs: Inputs) -> Property:
    def test(function: Function, tried: Input) -> Mismatch:
        value, target = numbers(function, tried.arrays()), _penalised(*tried.lists())
        if value.shape != (2,):
            return "two numbers, the loss and the next β", f"a result of shape {value.shape}"
        return None if close(value[which], target[which]) else (shown(target[which]), shown(value[which]))

    return Property(statement, inputs, test)


def _kept() -> list[Input]:
    return [x for x in _penalties() if _penalised(*x.lists())[1] == x.lists()[2]]


def _rule(form: Function) -> Function:
    def wrong(surrogate: float, kl: float, beta: float, target: float) -> Array:
        return np.array(form(surrogate, kl, beta, adapt_kl_coefficient(beta, kl, target)))

    return wrong


bug_beta = FunctionExercise(
    "ppo-bug-beta",
    lambda *given: np.array(_penalised(*given)),
    [
        _entry("returns the loss of this step, where β stays as it is", 0, _kept),
        _entry("returns the next β by the paper's rule", 1, _penalties),
        _entry("uses the old β in the loss, whatever the next one is", 0, _penalties),
    ],
    [
        Imitation("The loss has been computed with the β of the next step.", _rule(lambda gain, d, beta, after: (-(gain - after * d), after))),
        Imitation("The penalty is added to the objective: it would be rewarded.", _rule(lambda gain, d, beta, after: (-(gain + beta * d), after))),
        Imitation("That is the objective, to be maximised. The loss has the other sign.", _rule(lambda gain, d, beta, after: (gain - beta * d, after))),
        Imitation("The rule is the other way round: a divergence that is too large makes β larger.", _rule(lambda gain, d, beta, after: (-(gain - beta * d), beta**2 / after))),
        Imitation("β never changes.", _rule(lambda gain, d, beta, after: (-(gain - beta * d), beta))),
    ],
    (), _penalties(),
)  # fmt: skip

EXERCISES = (sample, log, beta, bound, logit, blind, implement, bug_action, bug_beta)
