"""A derivation computes each of its lines, and refuses the step that does not hold."""

import math
from pathlib import Path

import numpy as np
import pytest

from kltext import Derivation, DerivationError, Line, derivations, gaussian_kl, js_divergence, kl_divergence

P, Q = [0.9, 0.1], [0.5, 0.5]


def chain(*steps, **options):
    """A derivation from (relation, value) pairs."""
    lines = [Line(f"x_{i}", lambda v=v, **_: v, r) for i, (r, v) in enumerate(steps)]
    return Derivation("A chain", lines, {}, **options)


@pytest.mark.parametrize(
    ("steps", "holds"),
    [
        ([(None, 1.0), ("=", 1.0)], True),
        ([(None, 1.0), ("=", 1 + 1e-10)], True),
        ([(None, 1.0), ("=", 1 + 1e-8)], False),
        ([(None, 1e9), ("=", 1e9 + 0.1)], True),
        ([(None, 0.0), ("=", 1e-13)], True),
        ([(None, 0.0), ("=", 1e-11)], False),
        ([(None, 1.0), ("<=", 2.0)], True),
        ([(None, 1.0), ("<=", 1.0)], True),
        ([(None, 1.0), ("<=", 1 - 1e-10)], True),
        ([(None, 1.0), ("<=", 0.999)], False),
        ([(None, 1.0), (">=", 0.999)], True),
        ([(None, 1.0), (">=", 1.001)], False),
        ([(None, math.inf), ("=", math.inf)], True),
        ([(None, math.inf), ("=", 1e308)], False),
        ([(None, math.inf), (">=", 3.0)], True),
        ([(None, math.inf), ("<=", 3.0)], False),
        ([(None, -math.inf), ("=", math.inf)], False),
        ([(None, math.nan)], False),
        ([(None, math.nan), ("=", math.nan)], False),
        ([(None, 1.0), (">=", math.nan)], False),
        ([(None, 1.0), ("<=", math.nan)], False),
    ],
)
def test_relations(steps, holds):
    if holds:
        assert chain(*steps).values() == [value for _, value in steps]
    else:
        with pytest.raises(DerivationError):
            chain(*steps)


def test_the_error_names_the_derivation_the_line_and_both_values():
    with pytest.raises(DerivationError, match=r"A chain: line 3 claims 1.0 = 1.25 \(x_1 = x_2\)"):
        chain((None, 2.0), (">=", 1.0), ("=", 1.25))
    with pytest.raises(DerivationError, match=r"A chain: line 2 \(x_1\) is not a number"):
        chain((None, 2.0), ("=", math.nan))
    assert issubclass(DerivationError, ValueError)


def test_the_tolerance_can_be_tightened_for_small_values():
    assert chain((None, 1e-16), ("=", 5e-16)).values() == [1e-16, 5e-16]
    with pytest.raises(DerivationError):
        chain((None, 1e-16), ("=", 5e-16), absolute=0.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Line("x", float, "<"), 'relation must be "=", "<=" or ">=", got \'<\''),
        (lambda: Line(r"D(P|Q)", float), r"latex must hold no '\|'"),
        (lambda: Line("x", float, "=", "a | b"), r"reason must hold no '\|'"),
        (lambda: Line("x\ny", float), "no line break"),
        (lambda: Line("$x$", float), "without dollar signs"),
        (lambda: Derivation("Empty", [], {}), "lines must not be empty"),
        (lambda: chain(("=", 1.0)), "line 1 of 'A chain' has relation '='"),
        (lambda: chain((None, 1.0), (None, 1.0)), "line 2 of 'A chain' has relation None"),
    ],
)
def test_malformed(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_check_on_another_example():
    derivation = Derivation(
        "Squares",
        [Line("a^2", lambda a, b: a * a), Line("ab", lambda a, b: a * b, ">=", "if a ≥ b ≥ 0")],
        {"a": 2.0, "b": 1.0},
    )
    assert derivation.check(b=2.0) is None
    with pytest.raises(DerivationError, match="Squares: line 2 claims 4.0 >= 6.0"):
        derivation.check(b=3.0)
    with pytest.raises(ValueError, match="no example argument 'c'"):
        derivation.check(c=1.0)
    assert derivation.values() == [4.0, 2.0]
    assert derivation.at(a=3.0).values() == [9.0, 3.0]


def test_representations():
    derivation = Derivation(
        "Halves",
        [
            Line(r"\tfrac12", lambda: 1 / 2),
            Line("1 - 0.5", lambda: 1 - 0.5, "=", "arithmetic"),
            Line("10^{-20}", lambda: 1e-20, ">=", "it is small"),
        ],
        {},
    )
    assert repr(derivation) == (
        "Halves\n   \\tfrac12    0.5\n=  1 - 0.5     0.5    arithmetic\n≥  10^{-20}    0      it is small"
    )
    assert derivation._repr_markdown_() == (
        "**Halves**\n\n"
        "| | | value | because |\n"
        "|:-:|:--|:--|:--|\n"
        "|  | $\\displaystyle \\tfrac12$ | 0.5 |  |\n"
        "| $=$ | $\\displaystyle 1 - 0.5$ | 0.5 | arithmetic |\n"
        "| $\\ge$ | $\\displaystyle 10^{-20}$ | 0 | it is small |"
    )
    below = chain((None, -2.5), ("<=", -1e-5), (">=", -math.inf))
    assert all(f"| {number} |" in below._repr_markdown_() for number in ("−2.5", "−1e-05", "−∞"))
    assert "-2.5" in repr(below) and "−" not in repr(below)  # as Python writes numbers
    assert "inf" in repr(chain((None, math.inf))) and "| ∞ |" in chain((None, math.inf))._repr_markdown_()
    assert "0.3333333333 " in repr(chain((None, 1 / 3), ("=", 1 / 3))) + " "


TWO_STATES = {
    "old": [[0.5, 0.5], [0.2, 0.8]],
    "new": [[0.6, 0.4], [0.3, 0.7]],
    "transitions": [[[0.9, 0.1], [0.2, 0.8]], [[0.5, 0.5], [0.1, 0.9]]],
    "rewards": [[1.0, 0.0], [0.0, 2.0]],
    "start": [1.0, 0.0],
    "gamma": 0.5,
    "beta": 0.3,
}
"""A decision process of two states and two actions."""


def discounted_return(policy, transitions, rewards, start, gamma):
    """The return of a policy, by following its law of the states step by step until nothing is left of the weight."""
    policy, rewards, law = np.array(policy), np.array(rewards), np.array(start)
    step, gain = np.einsum("sa,sat->st", policy, np.array(transitions)), (policy * rewards).sum(1)
    total, weight = 0.0, 1.0
    while weight > 1e-17:
        total += weight * float(law @ gain)
        law, weight = law @ step, weight * gamma
    return total


BOOK = {
    "gibbs": (lambda: derivations.gibbs(P, Q), kl_divergence(P, Q)),
    "gibbs, missing mass": (lambda: derivations.gibbs([1, 0], Q), math.log(2)),
    "gibbs, infinite": (lambda: derivations.gibbs(Q, [1, 0]), math.inf),
    "cross_entropy_identity": (lambda: derivations.cross_entropy_identity(P, Q), math.log(2)),
    "kl_by_surprise": (lambda: derivations.kl_by_surprise(P, Q), kl_divergence(P, Q)),
    "gaussian_kl": (lambda: derivations.gaussian_kl(0.3, 1.7, -1.1, 0.6), gaussian_kl(0.3, 1.7, -1.1, 0.6)),
    "chain_rule": (
        lambda: derivations.chain_rule([[0.1, 0.2], [0.3, 0.4]], [[0.25, 0.25], [0.25, 0.25]]),
        kl_divergence([0.1, 0.2, 0.3, 0.4], [0.25] * 4),
    ),
    "chain_rule, a row without mass": (
        lambda: derivations.chain_rule([[0, 0], [0.5, 0.5]], [[0, 0], [0.25, 0.75]]),
        kl_divergence([0.5, 0.5], [0.25, 0.75]),
    ),
    "data_processing": (lambda: derivations.data_processing(P, Q, [[0.8, 0.2], [0.3, 0.7]]), kl_divergence(P, Q)),
    "joint_convexity": (
        lambda: derivations.joint_convexity(P, Q, [0.2, 0.8], [0.3, 0.7], 0.25),
        0.25 * kl_divergence(P, Q) + 0.75 * kl_divergence([0.2, 0.8], [0.3, 0.7]),
    ),
    "optimal_discriminator": (lambda: derivations.optimal_discriminator(P, P[::-1], [0.8, 0.2]), -0.7235459748523872),
    "optimal_discriminator, disjoint": (lambda: derivations.optimal_discriminator([1, 0], [0, 1], [1.0, 0.0]), 0.0),
    "optimal_discriminator, certain and wrong": (
        lambda: derivations.optimal_discriminator(P, Q, [0.0, 0.5]),
        -math.inf,
    ),
    "non_saturating": (
        lambda: derivations.non_saturating(P, Q),
        kl_divergence(Q, P) - 2 * js_divergence(P, Q),
    ),
    "non_saturating, a mode left out": (lambda: derivations.non_saturating([0.5, 0.5], [1, 0]), math.log(27 / 16) / 2),
    "non_saturating, an invention": (lambda: derivations.non_saturating([1, 0], [0.5, 0.5]), math.inf),
    "generator_slope": (lambda: derivations.generator_slope(P, [0.5, 0.5], [1, -1]), math.log(1 + 0.5 / P[0]) - math.log(1 + 0.5 / P[1])),
    "alternative_loss": (lambda: derivations.alternative_loss([0.5, 0.5], [0.25, 0.75], [1, -1], 2.0), -4 / 3),
    "alternative_loss, KL": (lambda: derivations.alternative_loss([0.5, 0.5], [0.25, 0.75], [1, -1], 1.0), -math.log(3)),
    "rlhf_optimum": (
        lambda: derivations.rlhf_optimum([0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0, 1, 2], 0.5),
        1.3 - 0.5 * kl_divergence([0.2, 0.3, 0.5], [0.7, 0.2, 0.1]),
    ),
    "rlhf_optimum, an outcome given up": (
        lambda: derivations.rlhf_optimum([0, 1, 0], [0.5, 0.5, 0], [0, 1, 9], 1.0),
        1 - math.log(2),
    ),
    "preference_margin": (lambda: derivations.preference_margin([0.7, 0.2, 0.1], [0, 1, 2.5], 0.5, 2, 1), 1.5),
    "preference_margin, hardly a leash": (lambda: derivations.preference_margin([0.5, 0.5], [0, 30], 0.01, 0, 1), -30.0),
    "f_gan_bound": (lambda: derivations.f_gan_bound(P, Q, [0.5, -0.5], "kl"), kl_divergence(P, Q)),
    "f_gan_bound, the GAN": (
        lambda: derivations.f_gan_bound(P, Q, [-0.1, -2.0], "gan"),
        2 * js_divergence(P, Q),
    ),
    "trust_region": (
        lambda: derivations.trust_region(**TWO_STATES),
        discounted_return(TWO_STATES["new"], *(TWO_STATES[k] for k in ("transitions", "rewards", "start", "gamma"))),
    ),
}


@pytest.mark.parametrize("name", BOOK)
def test_the_book_s_derivations(name):
    make, first = BOOK[name]
    derivation = make()
    values = derivation.values()
    assert values[0] == first or math.isclose(values[0], first, rel_tol=1e-12)
    assert all(line.reason for line in derivation.lines[1:])
    assert repr(derivation) == repr(make())


def test_every_function_of_the_book_is_tested():
    """Here, or in the file of its subject."""
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in derivations.__all__ if f"derivations.{name}(" not in tests] == []


def test_the_missing_mass_is_where_gibbs_is_strict():
    """P = (1, 0), Q = (½, ½): Jensen is tight, and the whole divergence is in the step most proofs skip."""
    d, _, jensen, mass, zero = derivations.gibbs([1, 0], [0.5, 0.5]).values()
    assert d == jensen == mass == math.log(2) and zero == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: derivations.gibbs([0.5, 0.6], Q), "^p must sum to 1"),
        (lambda: derivations.gibbs([P, P], Q), "^p must be a single law"),
        (lambda: derivations.gaussian_kl(0, 0), "^std_p must be positive and finite, got 0"),
        (lambda: derivations.chain_rule(P, Q), "^joint_p must be a table"),
        (lambda: derivations.chain_rule([[0.5, 0.5]], [[0.5], [0.5]]), "^joint_q must be a table, all tables of one"),
        (lambda: derivations.chain_rule([[0.5, 0.6]], [[0.5, 0.5]]), "^joint_p must sum to 1"),
        (lambda: derivations.data_processing(P, Q, [[1, 0]]), "^channel must have a row for each of the 2"),
        (lambda: derivations.data_processing(P, Q, [[1, 1], [1, 0]]), "^channel must sum to 1"),
        (lambda: derivations.joint_convexity(P, Q, P, Q, 0), "^weight must lie strictly between 0 and 1, got 0"),
        (
            lambda: derivations.optimal_discriminator(P, Q, [0.5, 1.1]),
            "^d must lie between 0 and 1, got 1.1 at index 1",
        ),
        (lambda: derivations.optimal_discriminator(P, Q, [0.5]), r"^d must have shape \(2,\) to fit p, got \(1,\)"),
        (lambda: derivations.f_gan_bound([1, 0], Q, [0, 0], "kl"), "^p must be positive, got 0.0 at index 1"),
        (lambda: derivations.generator_slope([1, 0], Q, [1, -1]), "^p must be positive, got 0.0 at index 1"),
        (lambda: derivations.generator_slope(P, Q, [1]), r"^direction must have shape \(2,\) to fit p"),
        (lambda: derivations.generator_slope(P, Q, [1, 1]), "^direction must sum to 0, got 2.0"),
        (lambda: derivations.alternative_loss(P, [1, 0], [1, -1], 2.0), "^q must be positive, got 0.0 at index 1"),
        (lambda: derivations.alternative_loss(P, Q, [1], 2.0), r"^direction must have shape \(2,\) to fit p"),
        (lambda: derivations.alternative_loss(P, Q, [1, 1], 2.0), "^direction must sum to 0, got 2.0"),
        (lambda: derivations.alternative_loss(P, Q, [1, -1], math.inf), "^alpha must be a finite number, got inf"),
        (lambda: derivations.f_gan_bound(P, Q, [0.5, 0], "gan"), "^critic must be finite and at most 0.0, got 0.5"),
        (lambda: derivations.f_gan_bound(P, Q, [0], "kl"), r"^critic must have shape \(2,\) to fit p"),
        (lambda: derivations.f_gan_bound(P, Q, [0, 0], None), "^generator must be a name or an FGenerator"),
        (lambda: derivations.rlhf_optimum(P, Q, [0, math.inf], 1), "^reward must be finite, got inf at index 1"),
        (lambda: derivations.rlhf_optimum(P, Q, [0], 1), r"^reward must have shape \(2,\) to fit policy"),
        (lambda: derivations.rlhf_optimum(P, Q, [0, 1], 0), "^beta must be positive and finite, got 0"),
        (lambda: derivations.preference_margin(P, [0, math.inf], 1, 0, 1), "^reward must be finite, got inf at index 1"),
        (lambda: derivations.preference_margin(P, [0], 1, 0, 1), r"^reward must have shape \(2,\) to fit reference"),
        (lambda: derivations.preference_margin(P, [0, 1], math.inf, 0, 1), "^beta must be positive and finite, got inf"),
        (lambda: derivations.preference_margin(P, [0, 1], 1, 2, 1), "^chosen must be the place of an outcome, got 2"),
        (lambda: derivations.preference_margin([1, 0], [0, 1], 1, 0, 1), "^rejected must be an outcome of the reference"),
        (lambda: derivations.trust_region(**{**TWO_STATES, "gamma": 1.0}), r"^gamma must lie in \[0, 1\), got 1.0"),
        (lambda: derivations.trust_region(**{**TWO_STATES, "beta": 0.0}), "^beta must be positive and finite"),
        (lambda: derivations.trust_region(**{**TWO_STATES, "old": [[1, 0], [1, 0]]}), "^old must play every action"),
        (lambda: derivations.trust_region(**{**TWO_STATES, "rewards": [1.0]}), r"^rewards must have shape \(2, 2\)"),
        (lambda: derivations.trust_region(**{**TWO_STATES, "start": [[1.0, 0.0]]}), "must have shape"),
    ],
)
def test_bad_examples(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_no_step_from_the_return_to_the_penalty_fails_on_random_processes():
    rng = np.random.default_rng(1)
    for _ in range(100):
        policies = rng.dirichlet(np.ones(2), (2, 3))
        example = {
            "old": policies[0],
            "new": policies[0] + rng.choice([0.01, 1.0]) * (policies[1] - policies[0]),
            "transitions": rng.dirichlet(np.ones(3), (3, 2)),
            "rewards": rng.normal(size=(3, 2)),
            "start": rng.dirichlet(np.ones(3)),
            "gamma": rng.uniform(0, 0.99),
            "beta": 10 ** rng.uniform(-2, 2),
        }
        derivation = derivations.trust_region(**example)
        wanted = discounted_return(*(example[k] for k in ("new", "transitions", "rewards", "start", "gamma")))
        assert math.isclose(derivation.values()[0], wanted, rel_tol=1e-9, abs_tol=1e-9)


def test_the_root_becomes_a_price_without_loss_at_the_right_coefficient():
    """β = C/√(8·D̄) closes the last gap: the penalty and the root then agree."""
    values = derivations.trust_region(**TWO_STATES)
    compared = values.lines[4].value(**values.example)

    def penalised(beta):
        return values.lines[5].value(**{**values.example, "beta": beta})

    betas = np.geomspace(0.01, 1000, 201)
    top = int(np.argmax([penalised(b) for b in betas]))
    assert 0 < top < 200
    best = max(penalised(b) for b in np.geomspace(betas[top - 1], betas[top + 1], 501))
    assert math.isclose(best, compared, rel_tol=1e-6) and best <= compared + 1e-12


def test_derivations_take_arrays_of_any_library(library):
    p, q = library.array(P), library.array(Q)
    assert np.allclose(derivations.gibbs(p, q).values(), derivations.gibbs(P, Q).values(), rtol=1e-15)
