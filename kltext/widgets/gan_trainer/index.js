/** GanTrainer: two small networks truly trained in the page, on data that the reader sets; D against the best D, the value against its ceiling. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { COIN, LIMITS, PRESETS, createMeasure, python, sane } from "./math.js";
import { LAST } from "./training.js";
import { createView, extents } from "./view.js";

const fields = { mean_1: "number", mean_2: "number", std: "number", share: "number", loss: "word", d_steps: "number", seed: "number", step: "number" };
const NUMBERS = [
  ["value", "V(D)", "value, as trained"],
  ["ceiling", "V(D*)", "the ceiling, 2·JS − log 4"],
  ["gap", "missed", "V(D*) − V(D), a divergence"],
  ["js", "JS(P,Q)", "Jensen–Shannon, in nats"],
  ["w1", "W₁(P,Q)", "Wasserstein, on the line"],
  ["slope", "slope", "of the generator’s loss"],
];
const A_PICTURE = 4; // steps trained for each picture while it runs
const CALM = [100, 1000]; // where less motion is wanted: so many steps, so many milliseconds apart
const GRID = { mean: 0.05, step: 1 };

function build(app) {
  let worth = null; // how much of each axis a pixel is worth
  let gesture = null; // {state, worth}: where a drag started
  let held = null; // how far the axes reached; while the hand is down they only grow
  let measured = null; // what the picture shows of the present state
  let running = false;
  let cancel = () => {}; // the request for the next steps
  const measure = createMeasure();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const go = (by) => {
    const step = Math.max(0, Math.min(LAST, app.state.step + by));
    if (step === LAST) pause();
    app.set({ step });
  };
  function pause() {
    cancel();
    running = false;
    app.set({});
  }
  function next() {
    running = true;
    if (calm.matches) {
      const request = setTimeout(next, CALM[1]);
      cancel = () => clearTimeout(request);
    } else {
      const request = requestAnimationFrame(next);
      cancel = () => cancelAnimationFrame(request);
    }
    go(calm.matches ? CALM[0] : A_PICTURE);
  }
  app.signal.addEventListener("abort", () => cancel());

  const loss = choice(app.uid, "Loss of the generator", "loss", { "non-saturating": "non-saturating", saturating: "saturating" }, (value) => app.set({ loss: value }));
  const editors = createEditors({
    put, go: (by) => { pause(); go(by); }, run: () => (running ? pause() : next()),
    seed: () => { pause(); app.set({ seed: (app.state.seed + 1) % 2 ** 32, step: 0 }); },
    balance: (by) => app.set({ d_steps: Math.max(LIMITS.d_steps[0], Math.min(LIMITS.d_steps[1], app.state.d_steps + by)) }),
    notice: (...of) => parts.notice(...of),
  });
  const parts = frame(app, {
    title: "GAN trainer: a small generator and a small discriminator, trained in this page on the data you set",
    stage: "Data, generator and discriminator on the line, and the training", presets: PRESETS, choices: [loss.element], values: editors.element, first: true, python, numbers: NUMBERS,
    rule: "Run or step the training; drag its step to look back, or the data’s modes, which begins anew.",
  });
  const view = createView(parts.svg, app.uid);
  app.root.classList.add("kl-gan-app");
  const sight = new IntersectionObserver((seen) => { if (running && !seen.at(-1).isIntersecting) pause(); }); // nothing runs unseen
  sight.observe(parts.stage);
  app.signal.addEventListener("abort", () => sight.disconnect());

  /** A part of the data, which begins the training anew, or the step. */
  function put(name, value) {
    if (running) pause();
    if (Number.isNaN(value)) return app.set({});
    const [least, most] = LIMITS[name];
    const near = Number(Math.min(most, Math.max(least, value)).toFixed(name === "step" ? 0 : 6));
    if (near !== app.state[name]) app.set(name === "step" ? { step: near } : { [name]: near, step: 0 });
    else app.set({});
  }
  const kind = (id) => (id === "step" ? "step" : "mean");
  operateHandles(parts.svg, {
    begin() { gesture = { state: app.state, worth }; },
    drag(id, dx) {
      const grid = GRID[kind(id)];
      put(id, Math.round((gesture.state[id] + dx * gesture.worth[kind(id)]) / grid) * grid);
    },
    end() {
      gesture = null;
      app.set({});
    },
    step(id, { by, to }) { put(id, by ? app.state[id] + by * (id === "step" ? 10 : 0.1) : LIMITS[id][to === "least" ? 0 : 1]); },
  }, app.signal);

  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      held = onlyGrowing(extents(measured), (gesture || running) && held);
      worth = view.draw(state, measured, { width, reached: held });
      editors.running(running);
      parts.show(measured.numbers, "nats");
    },
    tell: [
      (state) => editors.show(state, measured, running),
      () => showFormula(parts.formula, measured.numbers),
      (state, width) => {
        const { numbers } = measured;
        const above = numbers.value - COIN;
        loss.show(state.loss);
        parts.tell({
          text: running ? "Training runs: D climbs towards its ceiling while the generator pulls the ceiling down." : inWords(state, numbers),
          example: PRESETS.findIndex(({ name: _, step: __, ...preset }) => Object.keys(preset).every((part) => preset[part] === state[part])),
          parts: above >= 0 ? [above, numbers.gap, "won over a coin + missed = 2·JS(P,Q)"] : [0, numbers.gap, "worse than a coin: all is missed, and more"],
          width, room: { pieces: [16, 30], words: 112 },
        });
      },
      view.describe,
    ],
  };
}

/** The bound with its numbers. */
function showFormula(line, { value, ceiling }) {
  const text = `V(D) = ${number(value)} ≤ 2·JS − log 4 = ${number(ceiling)} nats`;
  if (line.textContent !== text) line.textContent = text;
}

/** The result in a sentence. */
const inWords = ({ step }, { gap, js, w1 }) =>
  `After ${step} step${step === 1 ? "" : "s"} D is ${number(gap)} nats below its ceiling; the laws are ${number(js)} nats (JS) and ${number(w1, 3)} on the line (W₁) apart.`;

export default widget({ fields, sane, build });
