"""What the generator of a GAN descends: two losses with one fixed point and very different slopes.

Explained in: chapters/gan
"""

from __future__ import annotations

from typing import Any

from kltext._arrays import Array, ArrayLike, as_arrays, expand, finish
from kltext._checks import as_laws, common_shape, require
from kltext._evaluate import elementwise, select, sum_of, total
from kltext._logratio import NEAR, excess, excess_near
from kltext._logspace import softplus

__all__ = ["generator_loss", "non_saturating_divergence"]

_KINDS = ("saturating", "non-saturating")


def generator_loss(logits: ArrayLike, *, kind: str = "non-saturating", weights: ArrayLike | None = None) -> Array:
    r"""The generator's loss, from the discriminator's logits on generated samples; to be minimised.

    .. math:: L_{\text{sat}} = \hat{\mathbb E}_Q[\log(1-D)], \qquad
              L_{\text{non-sat}} = -\hat{\mathbb E}_Q[\log D], \qquad D = \sigma(l)

    In words: be caught less often, or be believed more often; both fall as D rises.

    ``logits`` l are the discriminator's outputs before the sigmoid, of any shape; they are averaged, or,
    with a law ``weights`` over their last axis, that axis is averaged exactly.  The slope with respect to
    a logit is −D for the saturating loss: it dies where the discriminator recognises the fake (D → 0),
    and 1 − D in size, −(1 − D), for the non-saturating one: it dies where the fake passes (D → 1).
    Neither loss overflows.  A logit of ±∞ is accepted: the losses are 0 and ∞ in the limits.

    Raises ``ValueError`` for another ``kind``, NaN, no sample, or weights that are not a fitting law.

    >>> round(generator_loss([0.0, 0.0]), 10), round(generator_loss([0.0, 0.0], kind="saturating"), 10)
    (0.6931471806, -0.6931471806)
    >>> generator_loss([-1000.0]), generator_loss([-1000.0], kind="saturating")
    (1000.0, 0.0)

    Source: Goodfellow et al., "Generative adversarial nets" (2014), section 3.
    Explained in: chapters/gan
    """
    if kind not in _KINDS:
        raise ValueError(f'kind must be "saturating" or "non-saturating", got {kind!r}')
    xp, logits = as_arrays(logits=logits)
    require(xp, logits == logits, "logits must not be NaN", logits)
    if 0 in logits.shape:
        raise ValueError(f"logits must hold a sample at least, got shape {tuple(logits.shape)}")

    def terms(xp: Any, logits: Array) -> Array:
        return 0.0 - softplus(xp, logits) if kind == "saturating" else softplus(xp, -logits)

    if weights is None:
        return finish(elementwise(xp, terms, logits).mean())
    as_laws(weights=weights)
    xp, logits, weights = as_arrays(logits=logits, weights=weights)
    if logits.ndim == 0 or logits.shape[-1] != weights.shape[-1]:
        shapes = f"logits: {tuple(logits.shape)}, weights: {tuple(weights.shape)}"
        raise ValueError(f"the last axes must hold the same outcomes, got {shapes}")
    shape = common_shape(logits=logits.shape, weights=weights.shape)
    logits, weights = expand(xp, logits, shape), expand(xp, weights, shape)

    def weighted(xp: Any, logits: Array, weights: Array) -> Array:
        return select(
            xp,
            weights > 0,
            lambda logits, weights: weights * terms(xp, logits),
            lambda logits, weights: 0 * weights,
            (logits, weights),
            (0.0, 1.0),
            (0.0, 0.0),
        )

    return finish(total(xp, elementwise(xp, weighted, logits, weights)))


def non_saturating_divergence(p: ArrayLike, q: ArrayLike) -> Array:
    r"""What a non-saturating generator descends against the optimal discriminator.

    .. math:: D(Q\Vert P) - 2\,\mathrm{JS}(P,Q) = 2\,D(M\Vert P), \qquad M = \tfrac12(P+Q)

    In words: a softened reverse divergence: generating what the data lack costs ∞ (p = 0 < q), missing
    some of what they have costs little.

    With D* = p/(p + q) of the present generator held fixed, the gradient of −E_Q[log D*] in Q is the
    gradient of this divergence.  (The loss's *value* there is D(Q‖P) − D(Q‖M) + log 2.)  ``p`` is the law
    of the data, ``q`` the generator's; shapes and errors as in `kltext.kl_divergence`.  Nats.  Zero exactly
    for P = Q, never negative: it is the f-divergence Σ (p + q)·log((p + q)/(2p)).

    >>> round(non_saturating_divergence([1.0, 0.0], [1.0, 0.0]), 10)
    0.0
    >>> round(non_saturating_divergence([0.5, 0.5], [1.0, 0.0]), 10)
    0.2616240719

    Source: Arjovsky & Bottou, "Towards principled methods for training generative adversarial networks"
    (2017), theorem 2.5.
    Explained in: chapters/gan
    """
    xp, p, q = as_laws(p=p, q=q)

    def term(xp: Any, p: Array, q: Array) -> Array:
        close = abs(q - p) < NEAR * p
        return select(xp, close, near, far, (p, q), (1.0, 1.0), (1.0, 2.0))

    def near(p: Array, q: Array) -> Array:  # M − P = ½(Q − P), exactly
        return 2 * excess_near((p + q) / 2, (p - q) / 2, (3 * p + q) / 2)

    def far(p: Array, q: Array) -> Array:
        return 2 * excess(xp, (p + q) / 2, p)

    return finish(sum_of(xp, term, p, q))
