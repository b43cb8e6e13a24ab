/** ElboLedger: a fixed ceiling log p(x), a floor that q moves, and the gap between them that is KL(q‖posterior). */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { tidy, withProbability } from "../shared/probabilities.js";
import { lawAt, place, sideways } from "../shared/simplex.js";
import { SYMBOLS } from "./code.js";
import { createEditors } from "./editors.js";
import { createLedger } from "./ledger.js";
import { LIMITS, MODELS } from "./line.js";
import { PRESETS, best, measure, python, sane } from "./math.js";
import { impossible } from "./states.js";
import { createView, extents } from "./view.js";

const fields = { mode: "word", prior: "numbers", likelihood: "numbers", q: "numbers", labels: "texts", x: "number", noise: "number", mean: "number", std: "number", unit: "word" };
const NUMBERS = [["bound", "the floor"], ["evidence", "the ceiling"], ["gap", "the gap"]].map(([name, meaning]) => [name, SYMBOLS[name], meaning]);
const MODES = { states: "3 states", linear: "linear", square: "squared", count: "counts" };
const LINES = Array(7).fill(999); // the ledger is as high as eight lines of a formula

function build(app) {
  let chosen = 0; // of the three states
  let gesture = null; // {state, worth}: where a drag started, and what a pixel was worth
  let focus = null; // {id, state}: proportions as they were when a handle got the focus, so that End then Home loses nothing
  let measured = null; // what the picture shows of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let worth = null;

  const mode = choice(app.uid, "Latent", "mode", MODES, (value) => glide({ mode: value, ...(value === "states" ? {} : MODELS[value].start) }));
  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const editors = createEditors(app, {
    turn: (by) => choose((chosen + by + 3) % 3), state: put, line, notice: (...of) => parts.notice(...of),
    ideal: () => glide(best(app.state)), prior: () => glide(app.state.mode === "states" ? { q: app.state.prior } : { mean: 0, std: 1 }),
  });
  const parts = frame(app, {
    title: "ELBO ledger: the fixed ceiling log p(x), the floor that q moves, and the gap between them",
    stage: "q, and the gauge with ceiling, floor and gap", presets: PRESETS, choices: [mode.element, unit.element], values: editors.element, python,
    rule: "Move q and the floor moves; only the model, p(z) and p(x|z), moves the ceiling.", numbers: NUMBERS,
  });
  const view = createView(parts.svg, app.uid);
  const showLedger = createLedger(parts.formula);
  app.root.classList.add("kl-ledger");

  function glide(patch) {
    parts.settle();
    app.set(patch);
  }
  function choose(i) {
    chosen = i;
    app.set({});
  }
  /** Give a state this prior, likelihood or q; whether that left x possible. */
  function put(which, i, value, from = app.state) {
    const next = Number.isNaN(value) ? from[which] : which === "likelihood" ? from.likelihood.map((old, j) => (j === i ? tidy(Math.min(1, Math.max(0, value))) : old)) : withProbability(from[which], i, value);
    app.set({ [which]: next });
    return sane({ ...app.state, [which]: next }) !== null;
  }
  /** Set a number of the line, inside what it may be. */
  function line(name, value) {
    const [least, most] = LIMITS[name] ?? MODELS[app.state.mode].limits;
    const near = Math.min(most, Math.max(least, Number(value.toFixed(app.state.mode === "count" && name === "x" ? 0 : 6))));
    app.set(Number.isNaN(value) ? {} : { [name]: near });
  }
  const parse = (id) => [id.split(":")[0], Number(id.split(":")[1])];

  operateHandles(parts.svg, {
    begin(id) {
      gesture = { state: app.state, worth };
      if (id.includes(":")) choose(parse(id)[1]);
    },
    drag(id, dx, dy) {
      const { state, worth: { up, side, across, outwards } } = gesture;
      const [which, i] = parse(id);
      if (id === "mean") return line(id, Math.round((state.mean + dx * across) * 20) / 20);
      if (id === "std") return line(id, Math.round((state.std + outwards * dx * across) * 20) / 20);
      if (id !== "point") return put(which, i, Math.round((state[which][i] - dy * up) * 200) / 200, state);
      const [x, y] = place(state.q);
      return app.set({ q: lawAt([x + dx / side, y - dy / side]) });
    },
    end() {
      gesture = null;
      glide({});
    },
    step(id, { by, to, across }) {
      if (id === "point" && across) { // the keys lead where they point: sideways, mass goes between the two lower corners
        focus = null;
        return app.set({ q: sideways(app.state.q, by / 100) });
      }
      const [which, i] = id === "point" ? ["q", 1] : parse(id);
      if (which in LIMITS) return line(which, by ? app.state[which] + by / 10 : LIMITS[which][to === "least" ? 0 : 1]);
      if (focus?.id !== id) focus = { id, state: app.state };
      chosen = i;
      return put(which, i, Number((by ? app.state[which][i] + by / 100 : to === "least" ? 0 : 1).toFixed(6)), which === "q" ? focus.state : app.state);
    },
  }, app.signal);
  const listen = (type, listener) => parts.svg.addEventListener(type, listener, { signal: app.signal });
  listen("focusout", () => { focus = null; });
  listen("focusin", ({ target }) => {
    const [, i] = parse(target.getAttribute("data-kl-handle") ?? "");
    if (i >= 0 && i !== chosen) choose(i);
  });
  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      held = onlyGrowing(extents(state, measured), gesture && held);
      worth = view.draw(state, measured, { width, reached: held });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      () => showLedger(measured.numbers),
      (state) => editors.show(state, chosen),
      (state, width) => {
        mode.show(state.mode);
        unit.show(state.unit);
        const { text, split } = inWords(state, measured);
        parts.tell({
          text, example: PRESETS.findIndex(({ name: _, ...preset }) => Object.keys(preset).every((name) => String(preset[name]) === String(state[name]))), parts: split, width, room: { pieces: LINES, words: 118 },
        });
      },
      view.describe,
    ],
  };
}

/** The result in a sentence, and the gap in two parts. */
function inWords(state, measured) {
  const { numbers: { evidence, gap }, two } = measured;
  const discrete = state.mode === "states";
  const left = discrete ? evidence - two : measure({ ...state, ...best(state) }).numbers.gap;
  const endless = gap === Infinity;
  const rest = endless ? 0 : Math.min(gap, left);
  const split = [rest, gap - rest, endless ? "a gap without end" : `${discrete ? "left with two samples + won by the second" : "left by the best q uphill + lost by this q"} = gap`];
  const floor = `The floor is ${number(gap)} ${state.unit} below the ceiling`;
  let text = `${floor}, and that is KL(q‖posterior). Two samples of q would leave ${number(left)} (L₂).`;
  if (endless) text = `The ELBO is minus infinity: q stands on ${impossible(state, measured).map((i) => `“${state.labels[i]}”`).join(" and ")}, where p(x,z) is 0.`;
  else if (gap < 1e-12) text = `q is the posterior: the floor touches the ceiling, log p(x) = ${number(evidence)} ${state.unit}.`;
  else if (state.mode === "linear") text = `${floor}. The posterior is a Gaussian, so this gap can be closed.`;
  else if (!discrete) text = `${floor}; ${gap - left < 1e-6 ? "no Gaussian near here does better" : `the best Gaussian uphill from here leaves ${number(left)}`}, for the posterior is none.`;
  return { text, split };
}

export default widget({ fields, sane, build });
