"""``VaePlayground``: trained VAEs with two latents, one for each β, whose encoders and decoders run under the hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from kltext.widgets._base import BookWidget, bundle, short
from kltext.widgets._traits import Finite, counted, numbers
from kltext.widgets.vae_playground.network import PIXELS, Network, pack

__all__ = ["VaePlayground"]

NUMBERS = {
    "kl": "KL term",
    "reconstruction": "reconstruction",
    "loss": "loss",
    "elbo": "ELBO",
    "evidence": "log p(x)",
    "gap": "gap",
    "at_z": "−log p(x|z)",
}
"""The numbers shown, by their names in the page and in Python."""

_unpacked = lru_cache(maxsize=64)(Network.unpacked)


def written(picture: ArrayLike | str) -> str:
    """A picture of 64 pixels, 0 or 1, as 16 hexadecimal digits: row by row, four pixels each.

    >>> written([1, 0, 1, 0] + 60 * [0])
    'a000000000000000'
    """
    if isinstance(picture, str):
        if len(picture) == PIXELS // 4 and set(picture) <= set("0123456789abcdef"):
            return picture
        raise ValueError(f"a picture must be 16 hexadecimal digits, got {picture!r}")
    pixels = np.asarray(picture).reshape(-1)
    if pixels.size != PIXELS or not np.isin(pixels, (0, 1)).all():
        raise ValueError(f"a picture must have {PIXELS} pixels, each 0 or 1, got shape {np.shape(picture)}")
    return np.packbits(pixels.astype(bool)).tobytes().hex()


def pixels(picture: str) -> NDArray[np.float64]:
    """The 64 pixels again."""
    return np.unpackbits(np.frombuffer(bytes.fromhex(picture), np.uint8)).astype(float)


class Picture(traitlets.TraitType[str, Any]):
    """A picture of 8 × 8 pixels, given as an array of zeros and ones or as 16 hexadecimal digits."""

    def validate(self, obj: Any, value: Any) -> str:
        try:
            return written(value)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"{self.name}: {error}") from None


class Pictures(traitlets.TraitType[tuple[str, ...], Any]):
    """Several of them."""

    def validate(self, obj: Any, value: Iterable[Any]) -> tuple[str, ...]:
        try:
            found = tuple(written(picture) for picture in value)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"{self.name}: {error}") from None
        counted(self.name, found, 1, 400, "pictures")
        return found


class Place(traitlets.TraitType[tuple[float, ...], Iterable[float]]):
    """A place in the latent space: two numbers."""

    def validate(self, obj: Any, value: Iterable[float]) -> tuple[float, ...]:
        place = numbers(self.name, value)
        counted(self.name, place, 2, 2, "numbers")
        if bad := [v for v in place if not abs(v) <= 100]:
            raise traitlets.TraitError(f"{self.name} must lie between -100 and 100, got {bad[0]!r}")
        return place


class Models(traitlets.TraitType[tuple[dict[str, Any], ...], Any]):
    """For each β the weights of the VAE trained with it; kept packed, in the order of β."""

    def validate(self, obj: Any, value: Any) -> tuple[dict[str, Any], ...]:
        if isinstance(value, (tuple, list)) and all(isinstance(model, dict) and set(model) == {"beta", "weights"} for model in value):
            return tuple(value)  # packed before
        if not isinstance(value, Mapping):
            raise traitlets.TraitError(f"{self.name} must map each β to the weights of a VAE, got {type(value).__name__}")
        if not 1 <= len(value) <= 12:
            raise traitlets.TraitError(f"{self.name} must have 1 to 12 VAEs, got {len(value)}")
        try:
            packed = {float(beta): pack(weights) for beta, weights in value.items()}
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"{self.name}: {error}") from None
        if bad := [beta for beta in packed if not 0 <= beta < float("inf")]:
            raise traitlets.TraitError(f"{self.name}: β must be finite and not negative, got {bad[0]!r}")
        return tuple({"beta": beta, "weights": packed[beta]} for beta in sorted(packed))


class VaePlayground(BookWidget):
    """VAEs with two latents, trained on pictures of 8 × 8 pixels with different β: choose one, draw, and move in its latent space.

    ``models`` maps each β to its weights: matrices and biases of the encoder (64 → hidden → 4, which are two means and two
    log-variances) and of the decoder (2 → hidden → 64 logits), with tanh between. They are rounded to 8 bits, and every
    number shown belongs to the rounded ones. ``images`` are pictures the map shows, ``labels`` a letter or digit for each.

    >>> import numpy as np
    >>> from kltext.widgets import VaePlayground
    >>> rng = np.random.default_rng(0)
    >>> shapes = (64, 8), (8,), (8, 4), (4,), (2, 8), (8,), (8, 64), (64,)
    >>> untrained = [rng.normal(size=shape) / 8 for shape in shapes]
    >>> play = VaePlayground({1: untrained}, images=[np.eye(8)], labels="x", z=(0, 1), at="free")
    >>> play
    VaePlayground: β = 1, a picture with 8 pixels of ink, z = (0, 1)
    KL term = 0.01061, reconstruction = 45.19, loss = 45.2, ELBO = -45.2, log p(x) = -45.18, gap = 0.01795, −log p(x|z) = 45.26 (in nats)
    """

    _esm = bundle("vae_playground.js")
    _name = "vae_playground"
    _state_traits = ("beta", "x", "z", "at", "layer")
    _data_traits = ("models", "images", "labels")

    models = Models(help="The weights of the VAE for each β.").tag(sync=True)
    images = Pictures(help="Pictures on the map.").tag(sync=True)
    labels = traitlets.Unicode(help="What each of them shows, one character each.").tag(sync=True)
    beta = Finite(1.0, help="Which of the models is shown.").tag(sync=True)
    x = Picture("0" * 16, help="The picture that is encoded, as 16 hexadecimal digits.").tag(sync=True)
    z = Place((0.0, 0.0), help="The place that is decoded, where at is free.").tag(sync=True)
    at = traitlets.Enum(("mean", "free"), "mean", help="What is decoded: the mean of q(z | x), or z.").tag(sync=True)
    layer = traitlets.Enum(("images", "decoder"), "images", help="What the map shows of all latents.").tag(sync=True)

    def __init__(
        self,
        models: Mapping[float, Sequence[ArrayLike]],
        images: Sequence[ArrayLike | str],
        labels: Iterable[Any],
        *,
        beta: float = 1.0,
        x: ArrayLike | str | None = None,
        z: Iterable[float] = (0.0, 0.0),
        at: str = "mean",
        layer: str = "images",
        key: str = "digits",
        **kwargs: Any,
    ) -> None:
        names = "".join(map(str, labels))
        first = images[0] if x is None and len(images) else x
        super().__init__(models=models, images=images, labels=names, beta=beta, x=first, z=z, at=at, layer=layer, key=key, **kwargs)

    @traitlets.validate("labels")
    def _one_each(self, proposal: traitlets.Bunch) -> str:
        if len(proposal.value) != len(self.images):
            raise traitlets.TraitError(f"labels must be {len(self.images)} characters, one for each image, got {len(proposal.value)}")
        return str(proposal.value)

    @traitlets.validate("beta")
    def _trained(self, proposal: traitlets.Bunch) -> float:
        if proposal.value not in (known := [model["beta"] for model in self.models]):
            raise traitlets.TraitError(f"beta must be one of {', '.join(map(short, known))}, got {proposal.value!r}")
        return float(proposal.value)

    @property
    def network(self) -> Network:
        """The VAE that is shown."""
        return _unpacked(next(model["weights"] for model in self.models if model["beta"] == self.beta))

    @property
    def posterior(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and log-variance of q(z | x)."""
        return self.network.encode(pixels(self.x))

    @property
    def place(self) -> tuple[float, ...]:
        """What is decoded: z, or the mean of q(z | x)."""
        return self.z if self.at == "free" else tuple(float(mean) for mean in self.posterior[0])

    @property
    def decoded(self) -> NDArray[np.float64]:
        """The decoder's probability of ink for each pixel."""
        shown: NDArray[np.float64] = 1 / (1 + np.exp(-self.network.decode(self.place)))
        return shown

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, in nats."""
        return self.network.numbers(pixels(self.x), self.place, self.beta)

    def _laws(self) -> str:
        where = ", ".join(short(v) for v in self.place)
        return f"β = {short(self.beta)}, a picture with {int(pixels(self.x).sum())} pixels of ink, z = ({where})"

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()} (in nats)"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.vae_playground.drawing import map_and_pictures

        shown = [(pixels(image), label) for image, label in zip(self.images, self.labels, strict=True)]
        figure = map_and_pictures(self.network, pixels(self.x), np.array(self.place), shown)
        alt = f"The two latents with the images where the encoder puts them, q(z|x) and the posterior of one picture; beside it that picture and what the decoder draws. {self._laws()}. {self._in_words()}, in nats."
        return plots.to_svg(figure, alt=alt)
