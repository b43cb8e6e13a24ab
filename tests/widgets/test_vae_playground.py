"""The VAE playground: its networks in JavaScript against NumPy and fifty digits, its sums against finer ones, and the living widget under the hand."""

import base64
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import traitlets
from playwright.sync_api import Browser, Page, expect
from scipy.special import logsumexp
from sklearn.datasets import load_digits

import kltext
from kltext.widgets import VaePlayground
from kltext.widgets.vae_playground import NUMBERS, pixels, written
from kltext.widgets.vae_playground.drawing import highest_density
from kltext.widgets.vae_playground.network import Network, pack, shapes

from .hands import agree as agree_with
from .hands import (
    by_keyboard,
    copied,
    examples,
    fits_a_small_phone,
    floats,
    opened,
    pull,
    stands_everywhere,
    swipe,
    typed,
    write_page,
)

Javascript = Callable[[list[tuple[str, str, list[Any]]]], list[Any]]
Prints = Callable[[str], str]
MATH = "vae_playground/math.js"
BETAS = (0.1, 1, 2, 8)


def made_up(seed: int, hidden: int = 12, spread: float = 1.0) -> list[np.ndarray]:
    """Weights of a size that training leaves, so that pictures are told apart; with spread 0 the encoder says nothing."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) / np.sqrt(max(shape[0], 8)) * 1.6 for shape in shapes(hidden)]
    weights[2] *= spread
    weights[3] = spread * np.array([0.0, 0.0, -2.0, -1.5])
    return weights


SCANS = load_digits()
IMAGES = (SCANS.data[:40] >= 8).astype(int)
MODELS = {beta: made_up(i, spread=0.0 if beta == 8 else 1.0) for i, beta in enumerate(BETAS)}
NETWORKS = {beta: Network.unpacked(pack(weights)) for beta, weights in MODELS.items()}
PLACES = [(0.0, 0.0), (1.5, -0.25), (-4.5, 4.5)]
PICTURES = [*map(written, IMAGES[:3]), "0" * 16, "f" * 16, "aa55aa55aa55aa55"]

playground = functools.partial(VaePlayground, MODELS, IMAGES, SCANS.target[:40])


def states() -> list[dict[str, Any]]:
    """Each picture once, over all β, places and kinds of place."""
    kinds = [(beta, list(z), at) for beta in BETAS for z, at in zip(PLACES, ("mean", "free", "free"), strict=True)]
    return [{"beta": beta, "x": PICTURES[i % len(PICTURES)], "z": z, "at": at, "layer": "images"} for i, (beta, z, at) in enumerate(kinds)]


# The networks.


def test_networks_equal_numpy(javascript: Javascript) -> None:
    """The whole forward pass, encoder and decoder, to floating-point accuracy for the same packed weights."""
    packed = {beta: pack(weights) for beta, weights in MODELS.items()}
    (code,) = javascript([(MATH, "unpack", [packed[1]])])
    assert code["hidden"] == 12
    for array, found in zip(NETWORKS[1].weights, code["weights"], strict=True):
        assert list(found.values()) == array.ravel().tolist()  # the very same numbers
    models = [{"beta": beta, "weights": packed[beta]} for beta in BETAS]
    tried = states()
    for one, shown in zip(tried, javascript([(MATH, "numbersOf", [one, models]) for one in tried]), strict=True):
        expected = playground(**one).numbers()
        assert list(shown) == list(expected) == list(NUMBERS)
        assert shown == pytest.approx(expected, rel=1e-12, abs=1e-12), one


def test_forward_pass_equals_fifty_digits() -> None:
    network = NETWORKS[0.1]
    w = [mpmath.matrix(array.reshape(1, -1) if array.ndim == 1 else array) for array in network.weights]
    with mpmath.workdps(50):
        for x in PICTURES:
            ink = mpmath.matrix([pixels(x).tolist()])
            out = (ink * w[0] + w[1]).apply(mpmath.tanh) * w[2] + w[3]
            mean, log_var = network.encode(pixels(x))
            assert [*mean, *log_var] == pytest.approx([float(v) for v in out], rel=1e-12, abs=1e-14)
            for z in PLACES:
                logits = (mpmath.matrix([z]) * w[4] + w[5]).apply(mpmath.tanh) * w[6] + w[7]
                exact = sum(ink[i] * logits[i] - mpmath.log(1 + mpmath.exp(logits[i])) for i in range(64))
                assert float(network.log_likelihood(pixels(x), z)) == pytest.approx(float(exact), rel=1e-13)


def test_numbers_are_kltexts() -> None:
    """The KL term and log p(x|z) by vae_kl and vae_loss; the sums over nodes and grid by ten times finer ones."""
    for beta in BETAS:
        network = NETWORKS[beta]
        for x in PICTURES[1:4]:
            ink = pixels(x)
            mean, log_var = network.encode(ink)
            found = network.numbers(ink, (1.0, -2.0), beta)
            at_z = kltext.vae_loss(ink[None], network.decode((1.0, -2.0))[None], mean[None], log_var[None], beta)
            assert found["at_z"] == pytest.approx(at_z.reconstruction) and found["kl"] == pytest.approx(at_z.kl)
            steps = np.linspace(-9, 9, 181)
            nodes = np.stack(np.meshgrid(steps, steps), axis=-1)
            weights = np.exp(-(nodes**2).sum(axis=-1) / 2)
            fine = -(weights * network.log_likelihood(ink, mean + np.exp(log_var / 2) * nodes)).sum() / weights.sum()
            assert found["reconstruction"] == pytest.approx(fine, abs=5e-5)
            axis = np.linspace(-8, 8, 241)
            grid = np.stack(np.meshgrid(axis, axis), axis=-1)
            joint = network.log_likelihood(ink, grid) - (grid**2).sum(axis=-1) / 2 - np.log(2 * np.pi)
            assert found["evidence"] == pytest.approx(logsumexp(joint) + 2 * np.log(axis[1] - axis[0]), abs=5e-5)
            assert found["loss"] == found["reconstruction"] + beta * found["kl"] and found["gap"] > -1e-4


def test_gap_is_the_divergence_from_the_posterior() -> None:
    """Computed as it is defined, on the grid, and not as a difference."""
    network = NETWORKS[1]
    axis = np.linspace(-16, 16, 481)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    for x in PICTURES[:3]:
        ink = pixels(x)
        mean, log_var = network.encode(ink)
        log_q = -(((grid - mean) ** 2 / np.exp(log_var)) + log_var).sum(axis=-1) / 2
        log_posterior = network.log_likelihood(ink, grid) - (grid**2).sum(axis=-1) / 2
        laws = [np.exp(log - logsumexp(log)) for log in (log_q, log_posterior)]
        assert network.numbers(ink, (0, 0), 1)["gap"] == pytest.approx(kltext.kl_divergence(*(law.ravel() for law in laws)), abs=1e-4)


def test_borders_hold_their_share_of_the_posterior(javascript: Javascript) -> None:
    joints = [NETWORKS[beta].log_joint(pixels(x)) for beta in (0.1, 1, 8) for x in PICTURES[:3]]
    for joint, found in zip(joints, javascript([(MATH, "borders", [joint.ravel().tolist()]) for joint in joints]), strict=True):
        assert found == pytest.approx(highest_density(joint), rel=1e-12)
        law = np.exp(joint - logsumexp(joint))
        cell = float(law.max())
        for height, mass in zip(found, (1 - np.exp(-0.5), 1 - np.exp(-2)), strict=True):
            assert mass - 1e-9 <= law[joint >= height - 1e-12].sum() <= mass + cell


def test_lines_of_equal_height(javascript: Javascript) -> None:
    """Of a paraboloid, whose lines are circles."""
    axis = np.linspace(-3, 3, 61)
    grid = -(axis[:, None] ** 2 + axis**2)
    ((circle,),) = javascript([("shared/contour.js", "contour", [grid.tolist(), -4.0])])
    ends = np.array(circle).reshape(-1, 2) * 0.1 - 3
    assert len(ends) > 60 and np.hypot(*ends.T) == pytest.approx(2, abs=0.003)


def test_packing_keeps_eight_bits() -> None:
    weights = made_up(7)
    for array, found in zip(weights, Network.unpacked(pack(weights)).weights, strict=True):
        assert np.abs(array - found).max() <= np.abs(array).max() / 254 * (1 + 1e-6)
    silent = [np.zeros(shape) for shape in shapes(5)]
    assert all((array == 0).all() for array in Network.unpacked(pack(silent)).weights)


def test_a_picture_is_read_as_it_is_written(javascript: Javascript) -> None:
    for image in IMAGES[:8]:
        text = written(image)
        assert pixels(text).tolist() == image.tolist() == javascript([(MATH, "pixels", [text])])[0]
        assert javascript([(MATH, "written", [image.tolist()])]) == [text]


@pytest.mark.parametrize("broken", [{"beta": -1}, {"beta": "NaN"}, {"x": "0"}, {"x": "g" * 16}, {"z": [0]}, {"z": [0, 101]}, {"at": "x"}, {"layer": "x"}])
def test_senseless_states_are_refused(javascript: Javascript, broken: dict[str, Any]) -> None:
    whole = states()[0]
    assert javascript([(MATH, "sane", [{**whole, **broken}]), (MATH, "sane", [whole])]) == [None, whole]


# The Python side.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beta": 3}, "beta must be one of 0.1, 1, 2, 8, got 3.0"),
        ({"x": "zero"}, "x: a picture must be 16 hexadecimal digits, got 'zero'"),
        ({"x": [0.5] * 64}, "x: a picture must have 64 pixels, each 0 or 1, got shape (64,)"),
        ({"x": [1, 0]}, "got shape (2,)"),
        ({"z": (1, 2, 3)}, "z must have 2 to 2 numbers, got 3"),
        ({"z": (1, 1000)}, "z must lie between -100 and 100, got 1000.0"),
        ({"labels": "012"}, "labels must be 40 characters, one for each image, got 3"),
        ({"images": []}, "images must have 1 to 400 pictures, got 0"),
        ({"models": {}}, "models must have 1 to 12 VAEs, got 0"),
        ({"models": [1]}, "models must map each β to the weights of a VAE, got list"),
        ({"models": {-1: MODELS[1]}}, "models: β must be finite and not negative, got -1.0"),
        ({"models": {1: MODELS[1][:4]}}, "models: weights must have the shapes"),
        ({"models": {1: [np.nan * array for array in MODELS[1]]}}, "models: weights must be finite"),
    ],
)
def test_python_says_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        VaePlayground(**{"models": MODELS, "images": IMAGES, "labels": SCANS.target[:40], **arguments})


def test_what_the_page_sends_arrives() -> None:
    play = playground()
    seen: list[float] = []
    play.observe(lambda change: seen.append(play.numbers()["kl"]), "beta")
    play.set_state({"beta": 8, "at": "free", "z": [1, 2]})
    assert play.place == (1, 2) and seen == [pytest.approx(0, abs=1e-12)]
    play.set_state({"at": "mean"})
    assert play.place == pytest.approx((0, 0), abs=1e-12)


def test_weights_are_not_in_the_placeholder() -> None:
    play = playground()
    shown = play._placeholder()
    assert 'data-kl-data="models images labels"' in shown and play.models[0]["weights"][:40] not in shown
    assert base64.b64decode(play.models[0]["weights"])
    assert play._laws() in shown and play._in_words() in shown and all(name in repr(play) for name in NUMBERS.values())


# The living widget.


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(root, tmp_path_factory.mktemp("vae"), playground(key="digits"))


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as page:
        yield page


def agree(page: Page) -> VaePlayground:
    found: VaePlayground = agree_with(page, playground, beta=float, z=floats)
    return found


def test_nothing_is_fetched_before_the_widget_is_near(root: Path, browser: Browser, tmp_path: Path) -> None:
    address = write_page(root, tmp_path, playground(key="digits"))
    path = tmp_path / "page.html"
    path.write_text(path.read_text().replace("<body", '<body><div style="height:6000px"></div><div', 1) + "</div>")
    made = browser.new_context(viewport={"width": 900, "height": 800})
    page = made.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_timeout(500)
    assert not any(url.endswith("data.js") for url in asked) and page.locator(".kl-fallback").count() == 1
    page.locator(".kl-widget").scroll_into_view_if_needed()
    page.locator("[data-kl-number]").first.wait_for()
    assert sum(url.endswith("data.js") for url in asked) == 1 and page.locator(".kl-fallback").count() == 0
    made.close()


def test_without_its_data_the_picture_stays(root: Path, browser: Browser, tmp_path: Path) -> None:
    address = write_page(root, tmp_path, playground(key="digits"))
    (tmp_path / "data.js").unlink()
    made = browser.new_context(viewport={"width": 900, "height": 800})
    page = made.new_page()
    page.goto(address)
    page.wait_for_timeout(500)
    assert page.locator(".kl-fallback svg").is_visible() and page.locator("[data-kl-number]").count() == 0
    made.close()


def test_z_by_keyboard(page: Page) -> None:
    text = by_keyboard(page, "z")
    assert "−log p(x|z)" in text and "nats" in text
    found = agree(page)
    assert found.at == "free" and found.z[1] == -4.5
    z = page.locator('[data-kl-handle="z"]')
    for key, by in (("ArrowRight", 0.1), ("ArrowLeft", -0.1), ("Shift+ArrowRight", 0.01)):
        before = agree(page).z[0]
        z.press(key)
        assert agree(page).z[0] - before == pytest.approx(by)


def test_beta_by_keyboard_and_pointer(page: Page) -> None:
    beta = page.locator('[data-kl-handle="beta"]')
    assert agree(page).beta == 1
    for key, expected in (("ArrowRight", 2), ("ArrowUp", 8), ("ArrowUp", 8), ("Home", 0.1), ("PageUp", 8), ("PageDown", 0.1), ("End", 8)):
        beta.press(key)
        assert agree(page).beta == expected
    expect(beta).to_have_attribute("aria-valuetext", re.compile(r"β 8, KL term .* reconstruction .* nats"))
    expect(page.locator(".kl-sentence")).to_contain_text("Collapsed: a KL term of 0")
    pull(page, "beta", -40, 0)
    assert agree(page).beta == 2
    pull(page, "beta", -400, 0)
    assert agree(page).beta == 0.1
    pull(page, "beta", 3, 50)
    assert agree(page).beta == 0.1


def test_z_by_pointer(page: Page) -> None:
    before = agree(page).place
    pull(page, "z", 40, -60)
    after = agree(page)
    assert after.at == "free" and after.z[0] > before[0] + 0.3 and after.z[1] > before[1] + 0.3
    page.locator("[data-kl-choice='at:mean']").check(force=True)
    assert agree(page).place == before


def test_what_is_decoded_is_drawn(page: Page) -> None:
    typed(page, "z1", "1.25", "", "1.25")
    typed(page, "z2", "-0.5", "", "-0.5")
    found = agree(page)
    drawn = page.locator(".kl-vae-pixel").evaluate_all("(all) => all.map((pixel) => Number(pixel.getAttribute('fill-opacity')))")
    assert drawn == pytest.approx(found.decoded.tolist(), abs=0.0051)
    typed(page, "z1", "99", "latents from −4.5 to 4.5; 99 was read as 4.5", "4.5")


def test_painting(page: Page) -> None:
    """By mouse, one stroke that sets what it begins with; by keys, cell by cell."""
    page.locator('[data-kl-action="clear"]').click()
    assert agree(page).x == "0" * 16
    box = page.locator(".kl-vae-canvas").bounding_box()
    assert box
    cell = box["width"] / 8
    middle = [box["x"] + 2.5 * cell, box["y"] + 1.5 * cell]
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 2 * cell, middle[1], steps=8)
    page.mouse.up()
    assert agree(page).x == "0038" + "0" * 12  # row 2, columns 3 to 5
    page.mouse.click(*middle)
    assert agree(page).x == "0018" + "0" * 12
    for key in ("ArrowDown", "Space", "ArrowLeft", "Enter", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    found = agree(page)
    assert found.x == "001860" + "0" * 10 and found.at == "mean"
    focused = page.locator(".kl-vae-cell:focus")
    expect(focused).to_have_attribute("aria-label", "row 1, column 2")
    expect(focused).to_have_attribute("aria-checked", "false")
    assert page.locator('.kl-vae-cell[tabindex="0"]').count() == 1


def test_images_in_turn(page: Page) -> None:
    following, previous = (page.locator(f'[data-kl-action="{which}-image"]') for which in ("next", "previous"))
    following.click()
    assert agree(page).x == written(IMAGES[1])
    expect(page.locator(".kl-vae-which")).to_have_text(f"no. 2: “{SCANS.target[1]}”")
    previous.click()
    previous.click()
    assert agree(page).x == written(IMAGES[-1])


def test_map_shows_the_images_or_the_decoder(page: Page) -> None:
    network = NETWORKS[1]
    inside = sum(np.abs(network.encode(image)[0]).max() < 4.3 for image in IMAGES)
    assert abs(page.locator(".kl-vae-image").count() - inside) <= 2
    page.locator("[data-kl-choice='layer:decoder']").check(force=True)
    expect(page.locator(".kl-vae-image")).to_have_count(0)
    expect(page.locator(".kl-vae-sheet")).to_have_count(6)
    assert {len(path) > 500 for path in page.locator(".kl-vae-sheet").evaluate_all("(all) => all.map((one) => one.getAttribute('d'))")} == {True}
    agree(page)


def test_examples_and_reset(page: Page) -> None:
    shown = []
    for _ in examples(page):
        found = agree(page)
        sentence = page.locator(".kl-sentence").inner_text()  # by now, on a slow machine as well
        shown.append((sentence, found.beta, found.x, found.layer))
    assert len(set(shown)) == 7
    assert "Collapsed" in shown[-1][0] and shown[-1][1] == 8 and shown[2][2] == "0" * 16 and shown[4][3] == "decoder"
    page.locator('[data-kl-action="reset"]').click()
    assert agree(page).state() == playground().state()


@pytest.mark.parametrize("example", ["0", "5"])
def test_copies(page: Page, example: str, prints: Prints) -> None:
    """Copied Python has the weights in it and prints the numbers shown; a copied link brings the state back."""
    page.locator("select").select_option(example)
    found = agree(page)
    said = prints(copied(page, "python"))
    printed = dict(re.fullmatch(r"(.+) = (\S+)", line).groups() for line in said.splitlines())  # type: ignore[union-attr]
    assert list(printed) == list(NUMBERS.values())
    assert [float(text) for text in printed.values()] == pytest.approx(list(found.numbers().values()), abs=6e-5)
    link = copied(page, "link")
    page.goto("about:blank")
    page.goto(link)
    page.locator("[data-kl-number]").first.wait_for()
    assert agree(page).state() == found.state()


def test_by_touch(browser: Browser, address: str) -> None:
    with opened(browser, address, width=390, height=900, touch=True) as page:
        page.locator('[data-kl-handle="z"]').scroll_into_view_if_needed()
        before = agree(page).place
        swipe(page, "z", 40)
        assert agree(page).place[0] > before[0] + 0.2
        page.locator(".kl-vae-canvas").scroll_into_view_if_needed()
        was = agree(page).x
        page.locator(".kl-vae-cell").nth(9).tap()
        assert agree(page).x != was


def test_fits_a_small_phone(browser: Browser, address: str) -> None:
    with opened(browser, address, width=320, height=900, touch=True) as page:
        fits_a_small_phone(page)


def test_stands_everywhere(browser: Browser, address: str, root: Path) -> None:
    stands_everywhere(browser, address, root)
