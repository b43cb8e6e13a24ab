"""The GAN trainer: its gradients are autograd's, its training is the same on both sides, and what it measures is kltext's."""

import html
import json
import math
import re
from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import traitlets
from scipy.stats import norm

import kltext
from kltext.widgets import GanTrainer
from kltext.widgets.gan_trainer import NUMBERS
from kltext.widgets.gan_trainer import training as T

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
FOLDER = "gan_trainer"
LOSSES = ("non-saturating", "saturating")
SETUPS = [
    T.Setup(),
    T.Setup(means=(3.0, 4.0), std=0.25, loss="saturating", d_steps=5, seed=8),
    T.Setup(means=(1.5, -2.5), std=1.0, share=0.1, loss="saturating", seed=2**32 - 1),
    T.Setup(means=(0.0, 0.0), std=0.2, share=1.0, d_steps=2, seed=0),
]


def plain(net: T.Net) -> dict[str, Any]:
    return {"into": net.into.tolist(), "shift": net.shift.tolist(), "out": net.out.tolist(), "level": float(net.level)}


def flat(net: Any) -> np.ndarray:
    parts = net.values() if isinstance(net, dict) else net
    return np.concatenate([np.atleast_1d(np.asarray(part, dtype=float)) for part in parts])


def batch(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=T.BATCH) * 2, rng.uniform(-1, 1, T.BATCH)


def output(net: Any, x: Any) -> Any:
    into, shift, out, level = net
    return anp.dot(anp.tanh(anp.outer(x, into) + shift), out) + level


@pytest.mark.parametrize("trained", [0, 40])
@pytest.mark.parametrize("setup", SETUPS, ids=lambda s: str(s.seed))
def test_gradients_are_autograd_s_of_kltext_s_losses(javascript: Javascript, setup: T.Setup, trained: int) -> None:
    d, g = T.train(setup, trained)
    real, latent = batch(trained + setup.d_steps)
    fake = T.forward(g, latent)[1]

    def of_d(net: Any) -> Any:  # −mean log D(real) − mean log(1 − D(fake)), both of them kltext's
        return kltext.generator_loss(output(net, real)) - kltext.generator_loss(output(net, fake), kind="saturating")

    expected = flat(autograd.grad(of_d)(tuple(d)))
    (mine,) = javascript([(f"{FOLDER}/network.js", "dGradient", [plain(d), real.tolist(), fake.tolist()])])
    assert flat(mine) == pytest.approx(expected, rel=1e-9, abs=1e-14)
    assert flat(T.d_gradient(d, real, fake)) == pytest.approx(expected, rel=1e-9, abs=1e-14)
    assert np.abs(expected).max() > 1e-3
    for loss in LOSSES:

        def of_g(net: Any, kind: str = loss) -> Any:
            return kltext.generator_loss(output(d, output(net, latent)), kind=kind)

        expected = flat(autograd.grad(of_g)(tuple(g)))
        (mine,) = javascript([(f"{FOLDER}/network.js", "gGradient", [plain(d), plain(g), latent.tolist(), loss])])
        assert flat(mine) == pytest.approx(expected, rel=1e-9, abs=1e-14)
        assert flat(T.g_gradient(d, g, latent, loss)) == pytest.approx(expected, rel=1e-9, abs=1e-14)


def test_a_step_descends_both_gradients() -> None:
    """One step by autograd from the same random numbers, the batch drawn as the text says: the same weights."""
    setup = T.Setup(share=0.3, d_steps=2, loss="saturating", seed=5)
    d, g = T.initial(5)
    u = T.uniforms(5, 3 * (T.D_HIDDEN + T.G_HIDDEN), 9 * 64).reshape(9, 64)
    for k in range(2):
        mode, radius, angle, z = u[4 * k : 4 * k + 4]
        real = np.where(mode < 0.3, -2.0, 2.0) + 0.5 * np.sqrt(-2 * np.log(radius)) * np.cos(2 * np.pi * angle)
        fake = output(g, 2 * z - 1)
        slopes = autograd.grad(lambda net: kltext.generator_loss(output(net, real)) - kltext.generator_loss(output(net, fake), kind="saturating"))(tuple(d))  # noqa: B023
        d = T.Net(*(w - 0.3 * slope for w, slope in zip(d, slopes, strict=True)))
    slopes = autograd.grad(lambda net: kltext.generator_loss(output(d, output(net, 2 * u[8] - 1)), kind="saturating"))(tuple(g))
    g = T.Net(*(w - 0.1 * slope for w, slope in zip(g, slopes, strict=True)))
    for mine, expected in zip(T.train(setup, 1), (d, g), strict=True):
        assert flat(mine) == pytest.approx(flat(expected), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("setup", SETUPS, ids=lambda s: str(s.seed))
def test_weights_are_the_same_on_both_sides(javascript: Javascript, setup: T.Setup) -> None:
    state = {"means": list(setup.means), "std": setup.std, "share": setup.share, "loss": setup.loss, "d_steps": setup.d_steps, "seed": setup.seed}
    (start,) = javascript([(f"{FOLDER}/training.js", "initial", [setup.seed])])
    for mine, net in zip((start["d"], start["g"]), T.initial(setup.seed), strict=True):
        assert flat(mine).tolist() == flat(net).tolist()
    (after,) = javascript([(f"{FOLDER}/training.js", "step", [state, start, 0])])
    for mine, net in zip((after["d"], after["g"]), T.train(setup, 1), strict=True):
        assert flat(mine) == pytest.approx(flat(net), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("setup", SETUPS, ids=lambda s: str(s.seed))
def test_numbers_equal_kltext_s(javascript: Javascript, setup: T.Setup) -> None:
    for step in (0, 1, 49, 50, 120, 400):
        gan = GanTrainer(*setup.means, std=setup.std, share=setup.share, loss=setup.loss, d_steps=setup.d_steps, seed=setup.seed, step=step)
        (shown,) = javascript([(f"{FOLDER}/math.js", "numbersOf", [gan.state()])])
        assert list(shown) == list(gan.numbers()) == list(NUMBERS)
        assert shown == pytest.approx(gan.numbers(), rel=1e-9, abs=1e-11)


def test_a_whole_training_is_the_same_on_both_sides(javascript: Javascript) -> None:
    gan = GanTrainer(step=T.LAST)
    (shown,) = javascript([(f"{FOLDER}/math.js", "numbersOf", [gan.state()])])
    assert shown == pytest.approx(gan.numbers(), rel=1e-8, abs=1e-9)


def test_what_is_missed_is_finite_although_the_data_s_tails_are_the_smallest_numbers(javascript: Javascript) -> None:
    gan = GanTrainer(3, 4, std=0.25, loss="saturating", d_steps=5, seed=8, step=T.LAST)
    p, d = T.data_law(gan.setup), T.sigmoid(T.forward(gan.networks[0], T.CELLS)[1])
    assert ((p > 0) & (p * d == 0)).any()
    (shown,) = javascript([(f"{FOLDER}/math.js", "numbersOf", [gan.state()])])
    for numbers in (shown, gan.numbers()):
        assert 0 < numbers["gap"] == pytest.approx(numbers["ceiling"] - numbers["value"], rel=1e-9, abs=1e-12)


def test_it_goes_back_the_way_it_came() -> None:
    setup = T.Setup(seed=11)
    there = [flat(T.train(setup, step)[1]) for step in (3, 77, 130)]
    T._kept.cache_clear()
    back = [flat(T.train(setup, step)[1]) for step in (130, 77, 3)][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(there, back, strict=True))


def test_the_value_stays_below_its_ceiling_all_the_way() -> None:
    for setup in SETUPS[:2]:
        gan = GanTrainer(*setup.means, std=setup.std, loss=setup.loss, d_steps=setup.d_steps, seed=setup.seed)
        for step in range(0, 301, 25):
            gan.step = step
            numbers = gan.numbers()
            assert numbers["value"] <= numbers["ceiling"] <= 0
            assert numbers["ceiling"] - numbers["value"] == pytest.approx(numbers["gap"], rel=1e-9, abs=1e-12)
            assert 0 <= numbers["js"] <= math.log(2) and numbers["w1"] >= 0 and 0 <= numbers["slope"] <= 1


def test_laws_on_the_cells() -> None:
    """The data against the normal distribution function, the generator against very many samples."""
    setup = T.Setup(means=(-1.0, 2.5), std=0.5, share=0.3)
    exact = 0.3 * np.diff(norm.cdf(T.EDGES, -1, 0.5)) + 0.7 * np.diff(norm.cdf(T.EDGES, 2.5, 0.5))
    assert np.abs(T.data_law(setup) - exact).max() < 3e-4 and T.data_law(setup).sum() == pytest.approx(1, rel=1e-14)
    for trained in (0, 200):
        g = T.train(setup, trained)[1]
        samples = np.clip(T.forward(g, (np.arange(400_000) + 0.5) / 200_000 - 1)[1], -7.999, 7.999)
        counted = np.histogram(samples, T.EDGES)[0] / samples.size
        law = T.generator_law(g)
        assert law.sum() == pytest.approx(1, rel=1e-12) and law.min() >= 0
        assert np.abs(law - counted).max() < 2e-3
    still = T.Net(np.zeros(8), np.zeros(8), np.zeros(8), 1.3)  # everything in one place; and beyond the line, in its last cell
    assert T.generator_law(still)[np.searchsorted(T.EDGES, 1.3) - 1] == 1
    assert T.generator_law(still._replace(level=50.0))[-1] == 1


def test_laws_on_the_cells_are_the_same_on_both_sides(javascript: Javascript) -> None:
    nets = [T.train(setup, step)[1] for setup in SETUPS for step in (0, 60)]
    nets += [nets[0]._replace(out=20 * nets[0].out), T.Net(np.zeros(8), np.zeros(8), np.zeros(8), -50.0)]
    for net, law in zip(nets, javascript([(f"{FOLDER}/training.js", "generatorLaw", [plain(net)]) for net in nets]), strict=True):
        assert law == pytest.approx(T.generator_law(net).tolist(), rel=1e-9, abs=1e-14)
    (cells,) = javascript([(f"{FOLDER}/training.js", "CELLS", [])])
    assert cells == T.CELLS.tolist()


def presets(javascript: Javascript) -> dict[str, GanTrainer]:
    (found,) = javascript([(f"{FOLDER}/math.js", "PRESETS", [])])
    return {preset.pop("name"): GanTrainer(**preset) for preset in found}


def near_first(gan: GanTrainer) -> float:
    """The share of the samples at the data's first mode."""
    law = T.generator_law(gan.networks[1])
    return float(law[(gan.mean_1 + gan.mean_2) / 2 > T.CELLS].sum())


def test_examples_show_what_they_say(javascript: Javascript) -> None:
    examples = presets(javascript)
    assert examples["Two modes"].state() == GanTrainer().state()
    missing = examples["A mode is missing: five steps of D"]
    assert near_first(missing) < 0.02 and missing.w1 > 1.8
    stuck, free = examples["Far away, saturating: stuck"], examples["Far away, non-saturating"]
    assert {**stuck.state(), "loss": free.loss} == free.state()
    assert stuck.js > 0.69 and stuck.numbers()["slope"] < 0.001 and stuck.w1 > 3  # JS at log 2, nothing felt
    assert free.js < 0.1 and free.w1 < 0.2
    rare = examples["A rare mode is never found"]
    rare.step = T.LAST
    assert near_first(rare) < 0.02
    learned = GanTrainer(step=T.LAST)
    assert 0.4 < near_first(learned) < 0.6 and learned.js < 0.12 and learned.w1 < 0.4


@pytest.mark.parametrize(
    "change",
    [
        {"mean_1": 5}, {"std": 0}, {"share": 1.5}, {"loss": "hinge"}, {"d_steps": 0}, {"d_steps": 1.5}, {"seed": -1}, {"seed": 0.5}, {"step": 1501}, {"step": 0.5},
        {"mean_2": "NaN"},
    ],
    ids=str,
)
def test_a_state_that_makes_no_sense_is_refused(javascript: Javascript, change: dict[str, Any]) -> None:
    assert javascript([(f"{FOLDER}/math.js", "sane", [{**GanTrainer().state(), **change}])]) == [None]


@pytest.mark.parametrize("gan", [GanTrainer(), GanTrainer(-1, 3, std=0.25, share=0.2, loss="saturating", d_steps=3, seed=7, step=45)], ids=str)
def test_code_prints_the_numbers_shown(javascript: Javascript, gan: GanTrainer, prints: Prints) -> None:
    (code,) = javascript([(f"{FOLDER}/math.js", "python", [gan.state()])])
    said = prints(code)
    printed = [float(re.fullmatch(r".+ = (\S+?)(?: nats)?", line)[1]) for line in said.splitlines()]  # type: ignore[index]
    assert printed == pytest.approx(list(gan.numbers().values()), abs=6e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mean_1": 5}, "mean_1 must lie between -4 and 4, got 5.0"),
        ({"std": 0.1}, "std must lie between 0.2 and 1, got 0.1"),
        ({"share": math.nan}, "share must be finite, got nan"),
        ({"loss": "hinge"}, "loss"),
        ({"d_steps": 0}, "d_steps"),
        ({"step": 1501}, "step"),
    ],
    ids=str,
)
def test_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        GanTrainer(**arguments)


def test_properties_are_its_numbers_and_what_the_page_sends_arrives() -> None:
    gan = GanTrainer(step=20)
    assert {name: getattr(gan, name) for name in ("value", "ceiling", "gap", "js", "w1")}.items() <= gan.numbers().items()
    gan.set_state({"step": 21, "loss": "saturating"})
    assert gan.setup.loss == "saturating" and gan.step == 21


def test_placeholder() -> None:
    def make() -> dict[str, Any]:
        return GanTrainer(1, -1, step=30, key='a"b')._repr_mimebundle_()[0]  # type: ignore[index]

    data = make()
    parts = re.fullmatch(
        r'<div class="kl-widget" data-kl-widget="gan_trainer" data-kl-key="(.*?)" '
        r"data-kl-state='([^'<>]*)'><figure class=\"kl-fallback\"><svg .*role=\"img\".*</svg></figure></div>",
        data["text/html"],
        re.DOTALL,
    )
    assert parts is not None and html.unescape(parts[1]) == 'a"b'
    assert json.loads(html.unescape(parts[2])) == GanTrainer(1, -1, step=30).state()
    assert make()["text/html"] == data["text/html"]
