"""Input to painted frame: each widget's drag beside a bare ``<input type=range>`` that only writes its value.

A drag is played through the browser's own input path, as it is and with the processor slowed down four times. Each
move is timed from its event to the first task after the frame that it changed. All drags are played in several rounds, and
of what each round gives the median is shown: a machine has its bad moments.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from kltext import widgets
from kltext.widgets._base import BookWidget
from kltext.widgets.vae_playground.network import shapes
from tools import chromium

STATIC = Path(widgets.__file__).parent / "static"
ROUNDS, MOVES = 3, 100
SLOWDOWNS = (1, 4)

TWELVE = [0.2, 0.15, 0.12, 0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.01]
EIGHT = [0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05]
VAE = [np.random.default_rng(0).normal(size=shape) / 4 for shape in shapes(32)]
DRAGS = [  # what is measured: its name, the widget, the handle that is dragged
    ("RatioMicroscope, 2 outcomes", widgets.RatioMicroscope(), "p:0"),
    ("RatioMicroscope, 12 outcomes", widgets.RatioMicroscope(TWELVE, TWELVE[::-1]), "p:0"),
    ("GaussianPair, mean", widgets.GaussianPair(), "p:mean"),
    ("GaussianPair, spread", widgets.GaussianPair(), "q:std"),
    ("GaussianEllipses, an axis", widgets.GaussianEllipses(), "p:1"),
    ("QuestionTree, 8 outcomes", widgets.QuestionTree(EIGHT, tree="(((01)2)((34)(5(67))))"), "p:0"),
    ("DiscriminatorLens, D", widgets.DiscriminatorLens(), "d:3"),
    ("DiscriminatorLens, P", widgets.DiscriminatorLens(), "p:2"),
    ("UrnGame, a bet", widgets.UrnGame(bets=[0.5, 0.6, 0.4] * 4), "bet"),
    ("UrnGame, an urn", widgets.UrnGame(), "p:0"),
    ("GanTrainer, a mode", widgets.GanTrainer(), "mean_1"),
    ("GanTrainer, the step", widgets.GanTrainer(step=300), "step"),
    ("CodeBudget, a word of 8", widgets.CodeBudget(EIGHT, EIGHT[::-1]), "q:3"),
    ("CategoricalFit, a count", widgets.CategoricalFit([12, 7, 11, 9, 8, 13], [1 / 6] * 6), "n:2"),
    ("LikelihoodFit, a point", widgets.LikelihoodFit(), "x:2"),
    ("LikelihoodFit, the model", widgets.LikelihoodFit(), "q:mean"),
    ("TwoProjections, a mode", widgets.TwoProjections(), "mean_2"),
    ("BregmanGap, the tangent", widgets.BregmanGap(), "p:natural"),
    ("DivergenceZoo, P", widgets.DivergenceZoo(), "p:0"),
    ("DivergenceZoo, a tangent", widgets.DivergenceZoo(), "guess"),
    ("ElboLedger, the triangle", widgets.ElboLedger(), "point"),
    ("ElboLedger, a likelihood", widgets.ElboLedger(), "likelihood:0"),
    ("ElboLedger, a mean", widgets.ElboLedger(mode="square"), "mean"),
    ("KlBudget, the plane", widgets.KlBudget(), "point"),
    ("ClipMicroscope, the ratio", widgets.ClipMicroscope(), "ratio"),
    ("PolicySimplex, the old policy", widgets.PolicySimplex(), "old"),
    ("PolicySimplex, the new policy", widgets.PolicySimplex(), "new"),
    ("PolicySimplex, an advantage", widgets.PolicySimplex(), "advantages:0"),
    ("RenyiDial, the order", widgets.RenyiDial(both=True), "alpha"),
    ("TiltedPolicy, the price", widgets.TiltedPolicy(), "beta"),
    ("VaePlayground, z", widgets.VaePlayground({1: VAE}, np.random.default_rng(1).integers(0, 2, (100, 64)), "1" * 100), "z"),
]
SLIDER = "<input type=range style='width:600px'><output>50</output>"

# The task posted from an animation frame runs once that frame has been painted.
TIMER = """
window.times = [];
addEventListener("pointermove", ({ timeStamp }) => {
  if (!window.timing) return;
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.times.push(performance.now() - timeStamp);
    port2.postMessage(null);
  });
}, { capture: true });
document.querySelector("input")?.addEventListener("input", ({ target }) => { document.querySelector("output").value = target.value; });
"""

# Milliseconds of a sum that knows nothing of the page.
LOOP = """() => {
  const start = performance.now();
  for (let i = 0, sum = 0; i < 1e7; i++) sum += Math.sqrt(i);
  return performance.now() - start;
}"""


def body_of(widget: BookWidget, folder: Path) -> str:
    """The widget's place in a page; what is too heavy for it stands in a script, as on the site."""
    heavy = {name: getattr(widget, name) for name in widget._data_traits}
    (folder / "data.js").write_text(f"kltext.deliver({json.dumps(heavy)});", encoding="utf-8")
    return re.sub(r'data-kl-data="[^"]*"', 'data-kl-data="data.js"', widget._placeholder())


def page_for(body: str, folder: Path) -> str:
    """The address of a page with that widget, as the site serves it."""
    scripts = "".join(
        f'<script defer src="{(STATIC / "site" / name).as_uri()}"></script>'
        for name in ["shared.js", *sorted(path.name for path in (STATIC / "site").glob("*.js") if path.name != "shared.js")]
    )
    style = f'<link rel="stylesheet" href="{(STATIC / "widgets.css").as_uri()}">'
    path = folder / "page.html"
    path.write_text(f'<!doctype html><meta charset="utf-8">{style}{scripts}<body>{body}</body>', encoding="utf-8")
    return path.as_uri()


def drag(page: Page, client: CDPSession, handle: str | None, slowdown: int) -> list[float]:
    """Milliseconds of each move of one long drag, back and forth along the handle's own direction."""
    grip = page.locator(f"[data-kl-handle='{handle}'] [data-kl-grip]" if handle else "input").first
    upright = grip.evaluate("(grip) => grip.closest('[aria-orientation=vertical]') !== null")
    direction = (0, 1) if upright else (1, 0)
    box = grip.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def mouse(event: str, away: int, pressed: int) -> None:
        """Straight to the browser: Playwright's own mouse has the page look out for drags of files at every move."""
        at = {"x": x + direction[0] * away, "y": y + direction[1] * away}
        client.send("Input.dispatchMouseEvent", {"type": event, **at, "button": "left", "buttons": pressed, "clickCount": 1})

    mouse("mouseMoved", 0, pressed=0)
    mouse("mousePressed", 0, pressed=1)
    unslowed = min(page.evaluate(LOOP) for _ in range(3))
    for _ in range(3):  # now and then it has not taken hold
        client.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        time.sleep(0.4)
        if page.evaluate(LOOP) > unslowed * slowdown / 2:
            break
    page.evaluate("window.timing = true; window.times = []; 0")
    for i in range(MOVES):
        mouse("mouseMoved", abs((2 * i) % 120 - 60), pressed=1)
        time.sleep((12 + i % 9) / 1000)  # not in step with the frames
    time.sleep(0.3)
    if (found := page.evaluate(LOOP) / unslowed) < slowdown / 2:
        raise RuntimeError(f"the browser was to be slowed down {slowdown} times; it was {found:.1f} times")
    client.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    mouse("mouseReleased", 0, pressed=0)
    return list(page.evaluate("window.times"))


def main() -> None:
    """Measure and print the table."""
    drags = [("bare slider", None, None), *DRAGS]
    measured: dict[tuple[str, int], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play, chromium.launched(play.chromium) as browser:
        for played, (name, widget, handle) in enumerate(ROUNDS * drags):
            print(f"\r{played + 1} of {ROUNDS * len(drags)}", end="", file=sys.stderr, flush=True)
            body = body_of(widget, Path(folder)) if widget else SLIDER
            for slow in SLOWDOWNS:
                page = browser.new_page(viewport={"width": 1000, "height": 1000})
                page.goto(page_for(body, Path(folder)))
                page.evaluate(TIMER)
                page.wait_for_timeout(300)
                times = sorted(drag(page, page.context.new_cdp_session(page), handle, slow))
                measured.setdefault((name, slow), []).append((statistics.median(times), times[int(0.95 * len(times))]))
                page.close()
    print(file=sys.stderr)

    typical = {key: [statistics.median(ms) for ms in zip(*rounds, strict=True)] for key, rounds in measured.items()}
    print(f"input to painted frame, {ROUNDS} rounds of {MOVES} moves; × is the ratio to the bare slider")
    print(f"{'':30}" + "".join(f"{f'{slow}× slow-down':>34}" for slow in SLOWDOWNS))
    print(f"{'':30}" + f"{'median':>17}{'95th percentile':>17}" * len(SLOWDOWNS))
    for name, *_ in drags:
        pairs = [pair for slow in SLOWDOWNS for pair in zip(typical[name, slow], typical["bare slider", slow], strict=True)]
        print(f"{name:30}" + "".join(f"{f'{ms:.1f} ms {ms / bare:5.2f} ×':>17}" for ms, bare in pairs))


if __name__ == "__main__":
    main()
