/** TwoProjections: a mixture P, the normal law nearest to it forward, and the reverse fit walked to from a start. */
import { widget } from "../shared/app.js";
import { select } from "../shared/d3.js";
import { choice, setText } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { branches } from "./fit.js";
import { LIMITS, PRESETS, measure, python, sane, separated, zero } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { mean_1: "number", std_1: "number", mean_2: "number", std_2: "number", weight: "number", start_mean: "number", start_std: "number", landscape: "word" };
const NUMBERS = [
  ["forward_pq", "forward D(P‖Q)", "the least there is"],
  ["reverse_pq", "reverse D(P‖Q)", "charged the other way"],
  ["forward_qp", "forward D(Q‖P)", "charged the other way"],
  ["reverse_qp", "reverse D(Q‖P)", "a local minimum"],
  ["forward_std", "forward σ", "spread of P"],
  ["reverse_std", "reverse σ", "spread of the fit reached"],
];
const GRID = 0.05; // what a drag snaps to

function build(app) {
  let gesture = null; // {state, worth}: where a drag started, and how much of each axis a pixel was worth
  let measured = null; // what the picture shows of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let worth = null;
  let families = null; // of the symmetric case, computed once the picture stands
  let [measuredAt, fits] = [0, 0]; // how many characters go into a line, at which width of the picture

  const timer = setTimeout(() => {
    families = branches();
    app.set({});
  }, 30);
  app.signal.addEventListener("abort", () => clearTimeout(timer));

  const landscape = choice(app.uid, "Landscape", "landscape", { reverse: "landscape D(Q‖P)", forward: "D(P‖Q)" }, (value) => app.set({ landscape: value }));
  const editors = createEditors(put, (...of) => parts.notice(...of));
  const parts = frame(app, {
    title: "Two projections: a mixture P, its forward fit by moments, and its reverse fit walked to from a start",
    stage: "P with its two fits, and the landscape of the objective", presets: PRESETS, choices: [landscape.element], values: editors.element, python,
    rule: "Drag the modes of P by their tops, their spreads by the flanks, and the start over the landscape.", numbers: NUMBERS,
  });
  const view = createView(parts.svg, app.uid);
  app.root.classList.add("kl-projections");

  const limits = (name) => LIMITS[name] ?? LIMITS[name.slice(0, -2)];
  const within = (name, value) => Math.min(limits(name)[1], Math.max(limits(name)[0], value));
  const tidy = (value) => Number(value.toFixed(6));
  /** Set a part of the state, inside what hands can reach. */
  function put(name, value) {
    if (Number.isNaN(value)) app.set({});
    else app.set(name === "separation" ? apart(within(name, value)) : { [name]: within(name, value) });
  }
  const apart = (distance) => Object.fromEntries(Object.entries(separated(app.state, distance)).map(([name, mean]) => [name, within(name, mean)]));
  const snapped = (value) => tidy(Math.round(value / GRID) * GRID);

  operateHandles(parts.svg, {
    begin() {
      gesture = { state: app.state, worth };
    },
    drag(id, dx, dy) {
      const { state } = gesture;
      if (!id.startsWith("start")) {
        const outwards = id === "std_2" ? (state.mean_2 >= state.mean_1 ? 1 : -1) : id === "std_1" ? (state.mean_1 <= state.mean_2 ? -1 : 1) : 1;
        return put(id, snapped(state[id] + outwards * dx * gesture.worth.x));
      }
      const std = within("start_std", Number((state.start_std * Math.exp(dy * gesture.worth.s)).toPrecision(2)));
      app.set({ start_std: std, ...(id === "start_mean" ? { start_mean: within(id, snapped(state.start_mean + dx * gesture.worth.x)) } : {}) });
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to }) {
      const [least, most] = limits(id);
      put(id, by ? tidy(app.state[id] + by / 10) : to === "least" ? least : most);
    },
  }, app.signal);

  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      held = onlyGrowing(extents(state, measured), gesture && held);
      worth = view.draw(state, measured, { width, reached: held, families });
      parts.show(measured.numbers, "nats");
    },
    tell: [
      ...view.later,
      editors.show,
      (state) => showFormula(parts.formula, state, measured),
      (state, width) => {
        const best = measured.optima[0].value;
        if (width !== measuredAt) [measuredAt, fits] = [width, Math.floor(app.root.clientWidth / (0.56 * parseFloat(getComputedStyle(app.root).fontSize)))];
        landscape.show(state.landscape);
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: [best, Math.max(0, measured.end.value - best), "best D(Q‖P) + what this start loses"],
          width, room: { pieces: Array(Math.ceil(64 / fits) + Math.ceil(48 / fits)).fill(Math.ceil(0.7 * fits)), words: 115 },
        });
      },
    ],
  };
}

const isPreset = (state, preset) => Object.keys(preset).every((name) => name === "name" || preset[name] === state[name]);
const signed = (x) => (x < 0 ? `(${number(x, 2)})` : number(x, 2));

/** The moments with their numbers in them, and where the walk has led. */
function showFormula(line, { mean_1, mean_2, weight }, { forward, end, path }) {
  const lines = [
    `forward: μ = ${number(weight, 2)}·${signed(mean_1)} + ${number(1 - weight, 2)}·${signed(mean_2)} = ${number(zero(forward.mean), 3)}, σ\u00a0=\u00a0${number(forward.std, 3)}`,
    `reverse, after ${path.length - 1} steps: μ = ${number(zero(end.mean), 3)}, σ\u00a0=\u00a0${number(end.std, 3)}`,
  ];
  select(line).selectAll("span").data(lines).join("span").attr("class", "kl-line").each(function (text) {
    setText(this, text);
  });
}

/** What the landscape that is shown holds, in a sentence. */
function inWords({ landscape }, { forward, optima, end }) {
  if (landscape === "forward") return `D(P‖Q) has one local minimum, ${number(forward.value)} nats, and every walk ends in it: the forward fit.`;
  const lost = end.value - optima[0].value;
  const count = ["no", "one", "two", "three", "four"][optima.length] ?? optima.length;
  if (optima.length === 1) return `D(Q‖P) has one local minimum, ${number(end.value)} nats, and the walk ends in it.`;
  if (lost > 1e-9) return `D(Q‖P) has ${count} local minima; this start leads to one that is ${number(lost)} nats above the best.`;
  const equals = optima.filter(({ value }) => value - optima[0].value < 1e-9).length;
  return `D(Q‖P) has ${count} local minima; this start leads to ${equals > 1 ? "one of the equally good best ones" : "the best"}, ${number(end.value)} nats.`;
}

export default widget({ fields, sane, build });
