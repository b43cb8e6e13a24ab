"""``GanTrainer``: a small generator and a small discriminator on the line, truly trained in the page."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from kltext.gan import gan_value_from_logits
from kltext.widgets._base import bundle, short
from kltext.widgets._game import SYMBOLS, GameWidget, game_numbers
from kltext.widgets._traits import Finite
from kltext.widgets.gan_trainer.training import (
    CELLS,
    LAST,
    Net,
    Setup,
    data_law,
    forward,
    generator_law,
    sigmoid,
    train,
)

__all__ = ["GanTrainer"]

LIMITS = {"mean_1": (-4.0, 4.0), "mean_2": (-4.0, 4.0), "std": (0.2, 1.0), "share": (0.0, 1.0)}
NUMBERS = {**SYMBOLS, "slope": "slope"}
"""The numbers shown, by their names in the page and in Python."""


class GanTrainer(GameWidget):
    """A GAN on the line, trained step by step by the reader, or from Python by setting ``step``.

    The data are a mixture of two normal laws, at ``mean_1`` (with this ``share``) and ``mean_2``, with the spread ``std``. The
    generator sends z, uniform on (−1, 1), through a network of 8 hidden units, the discriminator has 16; both are trained by
    plain gradient descent on batches of 64, ``d_steps`` steps of D for each of G, the generator on its ``loss``. The same
    ``seed`` gives the same training in the page and in Python; whatever is changed, the present step is reached by training,
    never by a recording. The laws are compared on 128 cells of the line.

    >>> from kltext.widgets import GanTrainer
    >>> gan = GanTrainer(step=300)
    >>> gan
    GanTrainer: data 0.5·N(-2, 0.5²) + 0.5·N(2, 0.5²), non-saturating loss, 1 step of D for each of G, seed 1, after 300 steps
    V(D) = -1.169, V(D*) = -0.8021, missed = 0.3673, JS(P,Q) = 0.2921, W₁(P,Q) = 1.649, slope = 0.6395 (in nats; W₁ on the line, the slope without a unit)
    >>> gan.step = 1500
    >>> round(gan.js, 2), bool(gan.value < gan.ceiling)
    (0.09, True)
    """

    _esm = bundle("gan_trainer.js")
    _name = "gan_trainer"
    _state_traits = ("mean_1", "mean_2", "std", "share", "loss", "d_steps", "seed", "step")

    mean_1 = Finite(-2.0, help="Place of the data's first mode, between −4 and 4.").tag(sync=True)
    mean_2 = Finite(2.0, help="Place of the data's second mode, between −4 and 4.").tag(sync=True)
    std = Finite(0.5, help="Spread of both modes, between 0.2 and 1.").tag(sync=True)
    share = Finite(0.5, help="Share of the first mode in the data.").tag(sync=True)
    loss = traitlets.Enum(("non-saturating", "saturating"), "non-saturating", help="The generator's loss.").tag(sync=True)
    d_steps = traitlets.Int(1, min=1, max=10, help="Steps of the discriminator for each of the generator.").tag(sync=True)
    seed = traitlets.Int(1, min=0, max=2**32 - 1, help="Of the weights and of every batch.").tag(sync=True)
    step = traitlets.Int(0, min=0, max=LAST, help="How many steps are done.").tag(sync=True)

    def __init__(
        self,
        mean_1: float = -2.0,
        mean_2: float = 2.0,
        *,
        std: float = 0.5,
        share: float = 0.5,
        loss: str = "non-saturating",
        d_steps: int = 1,
        seed: int = 1,
        step: int = 0,
        key: str = "gan",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            mean_1=mean_1, mean_2=mean_2, std=std, share=share, loss=loss, d_steps=d_steps, seed=seed, step=step, key=key, **kwargs
        )

    @traitlets.validate("mean_1", "mean_2", "std", "share")
    def _within(self, proposal: traitlets.Bunch) -> Any:
        name, value = proposal.trait.name, proposal.value
        least, most = LIMITS[name]
        if not least <= value <= most:
            raise traitlets.TraitError(f"{name} must lie between {least:g} and {most:g}, got {value!r}")
        return value

    @property
    def setup(self) -> Setup:
        """The data and the way of training, as `training.train` takes them."""
        return Setup((self.mean_1, self.mean_2), self.std, self.share, self.loss, self.d_steps, self.seed)

    @property
    def networks(self) -> tuple[Net, Net]:
        """Discriminator and generator after ``step`` steps."""
        return train(self.setup, self.step)

    def numbers(self) -> dict[str, float]:
        """The numbers shown, by name, of the present networks, computed by kltext on the cells; in nats."""
        discriminator, generator = self.networks
        p, q = data_law(self.setup), generator_law(generator)
        logits = forward(discriminator, CELLS)[1]
        d = sigmoid(logits)
        return {
            **game_numbers(p, q, d, gan_value_from_logits(logits, p, q), CELLS),
            "slope": float(np.sum(q * (d if self.loss == "saturating" else 1 - d))),
        }

    def _laws(self) -> str:
        modes = [(self.share, self.mean_1), (1 - self.share, self.mean_2)]
        data = " + ".join(f"{short(weight)}·N({short(mean)}, {short(self.std)}²)" for weight, mean in modes)
        steps = f"{self.d_steps} step{'' if self.d_steps == 1 else 's'} of D for each of G"
        return f"data {data}, {self.loss} loss, {steps}, seed {self.seed}, after {self.step} step{'' if self.step == 1 else 's'}"

    def _in_words(self) -> str:
        return ", ".join(f"{NUMBERS[name]} = {short(value)}" for name, value in self.numbers().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._laws()}\n{self._in_words()} (in nats; W₁ on the line, the slope without a unit)"

    def _fallback(self) -> str:
        from kltext import plots
        from kltext.widgets.gan_trainer.drawing import training_panel

        alt = f"Data and generator on the line above the discriminator against the best one. {self._laws()}. {self._in_words()}, in nats."
        return plots.to_svg(training_panel(self.setup, *self.networks), alt=alt)
