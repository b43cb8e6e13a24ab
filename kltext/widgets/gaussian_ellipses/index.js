/** GaussianEllipses: two bivariate Gaussians under the hand, and the three terms of their divergence. */
import { widget } from "../shared/app.js";
import { button, choice, h, setAttribute, setText } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { createEditors } from "./editors.js";
import { LIMITS, PRESETS, direction, law, measure, python, sane } from "./math.js";
import { HELD, createView, extents } from "./view.js";

const GEOMETRY = { mean_p: "numbers", axes_p: "numbers", angle_p: "number", mean_q: "numbers", axes_q: "numbers", angle_q: "number" };
const fields = { ...GEOMETRY, contours: "flag", unit: "word" };
const NUMBERS = [
  ["kl_pq", "D(P‖Q)", "KL divergence"],
  ["kl_qp", "D(Q‖P)", "the other direction"],
  ["trace", "trace", "½ (tr Σ_Q⁻¹Σ_P − 2)"],
  ["volume", "log-volume", "½ log (det Σ_Q / det Σ_P)"],
  ["mahalanobis", "Mahalanobis", "½ (distance in Q’s units)²"],
];
const GRID = { mean: 0.05, axes: 0.05, angle: 1 }; // what a drag snaps to
const STEP = { mean: 0.1, axes: 0.1, angle: 5 }; // what a key moves

function build(app) {
  let gesture = null; // {state, worth}: where a drag started, and how much of the plane a pixel is worth
  let measured = null; // what the picture shows of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let worth = 1;

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const contours = button("Cost of a shift", "contours", () => app.set({ contours: !app.state.contours }));
  const editors = createEditors(put, (...of) => parts.notice(...of));
  const parts = frame(app, {
    title: "Gaussian ellipses: two bivariate Gaussians P and Q, and the three terms of D(P‖Q)",
    stage: "Ellipses of P and Q", presets: PRESETS, choices: [contours, unit.element], values: editors.element, python, numbers: NUMBERS,
    rule: "Drag a cross to move its law, a ring to stretch and turn it, the knob on its axis to turn it only.",
  });
  const view = createView(parts.svg, app.uid);
  const pieces = ["kl-lead", "kl-term", "kl-term", "kl-term", "kl-sum-of"].map((name) => h("span", { class: name }));
  parts.formula.append(...pieces);

  /** What a handle or a field stands for, with one number of it changed, inside what hands can reach. */
  function patch(which, part, i, value, state = app.state) {
    const [least, most] = LIMITS[part];
    const taken = Number(Math.min(most, Math.max(least, value)).toFixed(6));
    const name = `${part}_${which}`;
    return { [name]: part === "angle" ? taken : state[name].map((old, j) => (j === i ? taken : old)) };
  }
  function put(which, part, i, value) {
    app.set(Number.isNaN(value) ? {} : patch(which, part, i, value));
  }
  /** The part of a law that a handle stands for, and which of its numbers. */
  const meaning = (end) => ({ x: ["mean", 0], y: ["mean", 1], 1: ["axes", 0], 2: ["axes", 1], angle: ["angle", 0] })[end];
  const snap = (value, part) => Math.round(value / GRID[part]) * GRID[part];
  const whole = (angle) => (angle > 180 ? angle - 360 : angle < -180 ? angle + 360 : angle);

  function drag(id, dx, dy) {
    const [which, end] = id.split(":");
    const { mean, axes, angle } = law(gesture.state, which);
    const [right, up] = [dx * gesture.worth, -dy * gesture.worth];
    if (end === "x" || end === "y") return app.set({ [`mean_${which}`]: [right, up].map((by, i) => patch(which, "mean", i, snap(mean[i] + by, "mean"))[`mean_${which}`][i]) });
    const i = end === "2" ? 1 : 0;
    const [cos, sin] = direction(angle + 90 * i);
    const side = which === "p" ? 1 : -1; // Q is held at the other end of its axes
    const far = (end === "angle" ? HELD / 2 : HELD) * axes[i];
    const [x, y] = [far * cos + side * right, far * sin + side * up];
    const turned = patch(which, "angle", 0, whole(snap((Math.atan2(y, x) * 180) / Math.PI, "angle") - 90 * i));
    app.set(end === "angle" ? turned : { ...turned, ...patch(which, "axes", i, snap(Math.hypot(x, y) / HELD, "axes"), gesture.state) });
  }

  operateHandles(parts.svg, {
    begin() {
      gesture = { state: app.state, worth };
    },
    drag,
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to }) {
      const [which, end] = id.split(":");
      const [part, i] = meaning(end);
      const now = part === "angle" ? app.state[`angle_${which}`] : app.state[`${part}_${which}`][i];
      const [least, most] = LIMITS[part];
      put(which, part, i, by ? now + by * STEP[part] : to === "least" ? least : most);
    },
  }, app.signal);

  return {
    stage: parts.stage,
    draw(state, width) {
      measured = measure(state);
      held = onlyGrowing(extents(state, measured), gesture && held);
      worth = view.draw(state, measured, { width, reached: held });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      editors.show,
      (state, width) => {
        unit.show(state.unit);
        setAttribute(contours, "aria-pressed", state.contours);
        sum(state, measured).forEach((text, i) => setText(pieces[i], text));
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: [measured.shape, measured.numbers.mahalanobis, "wrong shape + wrong place = D(P‖Q)"],
          width, room: { pieces: [9, 15, 22, 23, 14], words: 80 },
        });
      },
      view.describe,
    ],
  };
}

const isPreset = (state, preset) => Object.keys(GEOMETRY).every((name) => String(preset[name]) === String(state[name]));

/** The sum with its numbers in it, in unbreakable pieces. */
function sum({ unit }, { numbers: { trace, volume, mahalanobis, kl_pq } }) {
  const term = (name, value) => `${value < 0 ? "−" : "+"} ${number(Math.abs(value))} (${name}) `;
  return ["D(P‖Q) = ", `${number(trace)} (trace) `, term("log-volume", volume), term("Mahalanobis", mahalanobis), `= ${number(kl_pq)} ${unit}`];
}

/** The result in a sentence. */
function inWords({ unit }, { shape, numbers: { kl_pq, mahalanobis } }) {
  if (kl_pq === 0) return "P and Q are equal: every term is 0.";
  return `D(P‖Q) is ${number(kl_pq)} ${unit}: the wrong shape costs ${number(shape)}, the wrong place ${number(mahalanobis)}.`;
}

export default widget({ fields, sane, build });
