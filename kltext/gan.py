"""The discriminator as a ratio: the best one, the game's value, and what any other discriminator misses.

In the GAN's game P is the law of the data and Q the generator's.

Explained in: chapters/gan
"""

from __future__ import annotations

from typing import Any

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish
from kltext._checks import as_laws, common_shape, require
from kltext._evaluate import elementwise, select, total
from kltext._logratio import excess
from kltext._logspace import softplus

__all__ = [
    "discriminator_gap",
    "gan_value",
    "gan_value_from_logits",
    "optimal_discriminator",
    "optimal_logit",
]


def optimal_discriminator(p: ArrayLike, q: ArrayLike) -> Array:
    r"""The best discriminator: the probability that an outcome came from P and not from Q.

    .. math:: D^*(x) = \frac{p(x)}{p(x)+q(x)} = \sigma\Bigl(\log\frac{p(x)}{q(x)}\Bigr)

    In words: Bayes' rule for the question "real or generated?", asked with a fair coin.

    ``p`` and ``q`` hold probabilities or densities, entry by entry, and broadcast; they need not sum to
    one.  The result lies in [0, 1]: 0 where only q is positive, 1 where only p is.  Where both are 0 the
    outcome never occurs and any value would do: it is ½ (the log-ratio is taken as 0), with derivative 0.

    Raises ``ValueError`` for numbers that are negative or not finite, or shapes that do not broadcast.

    >>> optimal_discriminator([0.75, 0.25, 0.0], [0.25, 0.0, 0.0])
    array([0.75, 1.  , 0.5 ])

    Source: Goodfellow et al., "Generative adversarial nets" (2014), proposition 1.
    Explained in: chapters/gan
    """
    xp, p, q = _masses(p, q)

    def share(xp: Any, p: Array, q: Array) -> Array:
        def usual(p: Array, q: Array) -> Array:
            scale = xp.where(xp.maximum(p, q) > 1, 0 * p + 0.5, 0 * p + 1)  # the sum of two densities may overflow
            return (p * scale) / (p * scale + q * scale)

        return select(xp, (p > 0) | (q > 0), usual, lambda p, q: 0 * p + 0.5, (p, q), (1.0, 1.0), (0.0, 0.0))

    return finish(elementwise(xp, share, p, q))


def optimal_logit(p: ArrayLike, q: ArrayLike) -> Array:
    r"""The logit of the best discriminator, which is the log-ratio.

    .. math:: \log\frac{D^*(x)}{1-D^*(x)} = \log\frac{p(x)}{q(x)} = r(x)

    In words: a perfectly trained discriminator, before its sigmoid, has learned r.

    Arguments and errors are those of `optimal_discriminator`.  −∞ where p = 0 < q, ∞ where q = 0 < p, and
    0 where both are 0.  Accurate where p ≈ q.

    >>> optimal_logit([0.5, 0.5, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0])
    array([  0.,  inf, -inf,   0.])

    Source: Goodfellow et al., "Generative adversarial nets" (2014), proposition 1.
    Explained in: chapters/gan
    """
    xp, p, q = _masses(p, q)
    tiny = float(xp.finfo(p.dtype).tiny)

    def log_ratio(xp: Any, p: Array, q: Array) -> Array:
        return select(xp, (p > 0) & (q > 0), both, one, (p, q), (1.0, 1.0), (0.0, 0.0))

    def both(p: Array, q: Array) -> Array:
        close = (p <= 2 * q) & (q <= 2 * p)
        return select(xp, close, lambda p, q: xp.log1p((p - q) / q), apart, (p, q), (1.0, 1.0), (1.0, 4.0))

    def apart(p: Array, q: Array) -> Array:
        ratio = p / q
        ordinary = (ratio >= tiny) & (ratio <= 1 / tiny)
        return select(
            xp,
            ordinary,
            lambda p, q: xp.log(p / q),
            lambda p, q: xp.log(p) - xp.log(q),
            (p, q),
            (1.0, 4.0),
            (1.0, 4.0),
        )

    def one(p: Array, q: Array) -> Array:
        even = 0 * (p + q)
        return xp.where(p > 0, even + float("inf"), xp.where(q > 0, even - float("inf"), even))

    return finish(elementwise(xp, log_ratio, p, q))


def gan_value(d: ArrayLike, p: ArrayLike, q: ArrayLike) -> Array:
    r"""The value of the GAN's game for a discriminator, exactly, for laws on finitely many outcomes.

    .. math:: V(D) = \mathbb E_P[\log D] + \mathbb E_Q[\log(1-D)]

    In words: the discriminator's average log score on real and on generated outcomes (each counted once).

    ``d`` holds the discriminator's probability of "real" for each outcome; ``p`` and ``q`` are laws.
    Outcomes on the last axis; the other axes broadcast.  Nats.  0·log 0 = 0; −∞ for a discriminator that
    is certain and wrong somewhere.  Never above the ceiling 2·JS(P, Q) − log 4, which D* reaches.
    Where d comes from a sigmoid, `gan_value_from_logits` keeps the digits that 1 − d loses.

    Raises ``ValueError`` for what is not a law, a ``d`` outside [0, 1], or shapes that do not fit.

    >>> value = gan_value([0.5, 0.5], [0.9, 0.1], [0.1, 0.9])
    >>> round(value, 10)
    -1.3862943611

    Source: Goodfellow et al., "Generative adversarial nets" (2014), equation (1).
    Explained in: chapters/gan
    """
    xp, d, p, q = _game("d", d, p, q)
    require(xp, (d >= 0) & (d <= 1), "d must lie between 0 and 1", d)

    def term(xp: Any, d: Array, p: Array, q: Array) -> Array:
        real = select(xp, p > 0, lambda p, d: p * xp.log(d), lambda p, d: 0 * p, (p, d), (1.0, 0.5), (0.0, 0.5))
        fake = select(xp, q > 0, lambda q, d: q * xp.log1p(-d), lambda q, d: 0 * q, (q, d), (1.0, 0.5), (0.0, 0.5))
        return real + fake

    return finish(total(xp, elementwise(xp, term, d, p, q)))


def gan_value_from_logits(logits: ArrayLike, p: ArrayLike, q: ArrayLike) -> Array:
    r"""The value of the GAN's game from the discriminator's logits.

    .. math:: V = -\mathbb E_P[\log(1+e^{-l})] - \mathbb E_Q[\log(1+e^{l})], \qquad D = \sigma(l)

    In words: the same as `gan_value`, exact where σ(l) rounds to 0 or 1.

    ``logits`` may be ±∞; the rest is as in `gan_value`.

    >>> round(gan_value_from_logits([0.0, 0.0], [0.9, 0.1], [0.1, 0.9]), 10)
    -1.3862943611
    >>> gan_value_from_logits([1000.0], [1.0], [1.0])
    -1000.0

    Source: Goodfellow et al., "Generative adversarial nets" (2014), equation (1).
    Explained in: chapters/gan
    """
    xp, logits, p, q = _game("logits", logits, p, q)
    require(xp, logits == logits, "logits must not be NaN", logits)

    def term(xp: Any, logits: Array, p: Array, q: Array) -> Array:
        def charge(mass: Array, logits: Array) -> Array:
            return mass * softplus(xp, logits)

        def nothing(mass: Array, logits: Array) -> Array:
            return 0 * mass

        real = select(xp, p > 0, charge, nothing, (p, -logits), (1.0, 0.0), (0.0, 0.0))
        fake = select(xp, q > 0, charge, nothing, (q, logits), (1.0, 0.0), (0.0, 0.0))
        return real + fake

    return finish(-total(xp, elementwise(xp, term, logits, p, q)))


def discriminator_gap(d: ArrayLike, p: ArrayLike, q: ArrayLike) -> Array:
    r"""How far a discriminator is below the best one: a divergence between beliefs about the label.

    .. math:: V(D^*) - V(D) = \sum_x (p+q)\,D_{\text{KL}}\bigl(\mathrm{Ber}(D^*)\,\Vert\,\mathrm{Ber}(D)\bigr)
              = 2\,\mathbb E_{x\sim M}\bigl[D_{\text{KL}}(\mathrm{Ber}(D^*(x))\Vert \mathrm{Ber}(D(x)))\bigr]

    In words: twice the average divergence of the believed label from the true one, over the mixture
    M = ½(P + Q).

    Arguments and errors are those of `gan_value`.  Never negative, accurate near the optimum (where the
    difference of the two values cancels), ``inf`` where V(D) is −∞.

    >>> round(discriminator_gap([0.8, 0.2], [0.9, 0.1], [0.1, 0.9]), 10)
    0.0733800281

    Source: Goodfellow et al. (2014), the proof of theorem 1.
    Explained in: chapters/gan
    """
    xp, d, p, q = _game("d", d, p, q)
    require(xp, (d >= 0) & (d <= 1), "d must lie between 0 and 1", d)

    def term(xp: Any, d: Array, p: Array, q: Array) -> Array:
        return select(xp, p + q > 0, met, lambda d, p, q: 0 * (p + q), (d, p, q), (0.5, 1.0, 1.0), (0.5, 0.0, 0.0))

    def met(d: Array, p: Array, q: Array) -> Array:
        both = p + q  # taken out first: the smallest masses times d would be 0, and their divergence ∞
        return both * (excess(xp, p / both, d) + excess(xp, q / both, 1 - d))

    return finish(total(xp, elementwise(xp, term, d, p, q)))


def _masses(p: ArrayLike, q: ArrayLike) -> tuple[Any, Array, Array]:
    xp, p, q = as_arrays(p=p, q=q)
    for name, array in (("p", p), ("q", q)):
        require(xp, array >= 0, f"{name} must be non-negative", array)
        require(xp, xp.isfinite(array), f"{name} must be finite", array)
    common_shape(p=p.shape, q=q.shape)
    return xp, p, q


def _game(name: str, d: ArrayLike, p: ArrayLike, q: ArrayLike) -> tuple[Any, ...]:
    as_laws(p=p, q=q)
    xp, d, p, q = as_arrays(**{name: d}, p=p, q=q)
    if d.ndim == 0 or d.shape[-1] != p.shape[-1]:
        raise ValueError(
            f"the last axes must hold the same outcomes, got {name}: {tuple(d.shape)}, p: {tuple(p.shape)}"
        )
    shape = common_shape(**{name: d.shape}, p=p.shape, q=q.shape)
    return (xp, *(expand(xp, a, shape) for a in (d, p, q)))
