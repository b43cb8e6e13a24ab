/** BregmanGap: two laws of an exponential family on the curves A and A*; the gap above a tangent is the divergence. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { createFormula, linesOf } from "./formula.js";
import { extents } from "./geometry.js";
import { FAMILIES, PRESETS, measure, python, reached, sane } from "./math.js";
import { createView } from "./view.js";

const fields = { family: "word", mean_p: "number", mean_q: "number", both: "flag" };
const NUMBERS = [
  ["kl_pq", "D(P‖Q)", "gap at Q, tangent at P"],
  ["kl_qp", "D(Q‖P)", "gap at P, tangent at Q"],
  ["mean_p", "mean of P", "slope of A at P"],
  ["mean_q", "mean of Q", "slope of A at Q"],
];

function build(app) {
  let gesture = null; // {laws, worth}: where a drag started, and how much of each axis a pixel was worth
  let measured = null; // what the picture shows of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let worth = null;
  let [measuredAt, fits] = [0, 0]; // how many characters go into a line, at which width of the picture

  const names = Object.fromEntries(Object.entries(FAMILIES).map(([id, { name }]) => [id, name]));
  const family = choice(app.uid, "Family", "family", names, (id) => glide({ family: id, mean_p: FAMILIES[id].start[0], mean_q: FAMILIES[id].start[1] }));
  const editors = createEditors({
    put, family: () => app.state.family, notice: (...of) => parts.notice(...of),
    swap: () => glide({ mean_p: app.state.mean_q, mean_q: app.state.mean_p }),
    both: () => app.set({ both: !app.state.both }),
  });
  const parts = frame(app, {
    title: "Bregman gap: P and Q on the curves A and A*, and the gap above a tangent that is D(P‖Q)",
    stage: "P and Q on the log-partition function and on its conjugate", presets: PRESETS, choices: [family.element], values: editors.element, python,
    rule: "Drag P and Q along either axis: above by θ, below by the mean.", numbers: NUMBERS,
  });
  const view = createView(parts.svg, app.uid);
  const showFormula = createFormula(parts.formula);
  app.root.classList.add("kl-bregman");

  function glide(patch) {
    parts.settle();
    app.set(patch);
  }
  /** Move a law by its θ or its mean, inside what hands can reach. */
  function put(which, kind, value) {
    app.set(Number.isNaN(value) ? {} : { [`mean_${which}`]: reached(app.state.family, kind, Number(value.toPrecision(12))) });
  }
  const parse = (id) => [id[0], id.slice(2)];
  const present = (laws, which, kind) => {
    const [least, most] = FAMILIES[app.state.family].reach[kind];
    return Math.min(most, Math.max(least, kind === "mean" ? laws[which].mean : laws[which].theta));
  };

  operateHandles(parts.svg, {
    begin() {
      gesture = { laws: measured, worth };
    },
    drag(id, dx) {
      const [which, kind] = parse(id);
      const grid = kind === "mean" ? FAMILIES[app.state.family].step / 2 : 0.05;
      const value = Math.round((present(gesture.laws, which, kind) + dx * gesture.worth[kind]) / grid) * grid;
      put(which, kind, value);
    },
    end() {
      gesture = null;
      glide({});
    },
    step(id, { by, to }) {
      const [which, kind] = parse(id);
      const [least, most] = FAMILIES[app.state.family].reach[kind];
      const unit = kind === "mean" ? FAMILIES[app.state.family].step : 0.1;
      put(which, kind, by ? Number((present(measure(app.state), which, kind) + by * unit).toFixed(6)) : to === "least" ? least : most);
    },
  }, app.signal);

  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      held = onlyGrowing(extents(state, measured), gesture && held);
      worth = view.draw(state, measured, { width, reached: held });
      parts.show(measured.numbers, "nats");
    },
    tell: [
      (state) => editors.show(state, measured),
      () => showFormula(measured),
      (state, width) => {
        const { kl_pq, kl_qp } = measured.numbers;
        family.show(state.family);
        if (width !== measuredAt) [measuredAt, fits] = [width, Math.floor(app.root.clientWidth / (0.56 * parseFloat(getComputedStyle(app.root).fontSize)))];
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: [...(kl_qp < Infinity ? [kl_qp, kl_pq] : kl_pq < Infinity ? [1, 0] : [0, kl_pq]), "D(Q‖P) + D(P‖Q) = Δθ · Δμ"],
          width, room: { pieces: Array(linesOf(fits)).fill(Math.ceil(0.7 * fits)), words: 120 },
        });
      },
      view.describe,
    ],
  };
}

const isPreset = (state, preset) => ["family", "mean_p", "mean_q"].every((name) => preset[name] === state[name]);

/** The result in a sentence. */
function inWords({ family, mean_p, mean_q }, { numbers, p, q }) {
  const { kl_pq, kl_qp } = numbers;
  if (mean_p === mean_q) return "P and Q are equal: both gaps are closed.";
  if (kl_pq === Infinity) return `Q’s mean is on the edge: its θ is ${number(q.theta)}, the tangent below is upright, and the gap at P is infinite.`;
  if (!Number.isFinite(p.theta)) return `P is on the edge: its tangent above is the line that the curve approaches, and the gap at Q is finite, ${number(kl_pq)} nats.`;
  if (family === "gaussian") return `A is a parabola, so the gap is ½(θ − θ′)² both ways: ${number(kl_pq)} nats.`;
  if (kl_pq < 5e-4) return `A gap of ${number(kl_pq)} nats: subtracted as they stand, the values of A would lose digits; the number shown keeps them.`;
  return `At Q the curve is ${number(kl_pq)} nats above P’s tangent; at P it is ${number(kl_qp)} above Q’s.`;
}

export default widget({ fields, sane, build });
