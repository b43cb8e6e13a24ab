/** DiscriminatorLens: the GAN's game on a few places of a line; the reader draws D and sees V rise to its ceiling. */
import { widget } from "../shared/app.js";
import { choice, h, setText } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame } from "../shared/frame.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { withProbability } from "../shared/probabilities.js";
import { createInspector } from "./inspector.js";
import { PRESETS, measure, python, sane } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { p: "numbers", q: "numbers", d: "numbers", unit: "word" };
const NUMBERS = [
  ["value", "V(D)", "your score"],
  ["ceiling", "V(D*)", "the ceiling, 2·JS − log 4"],
  ["gap", "missed", "V(D*) − V(D), a divergence"],
  ["js", "JS(P,Q)", "Jensen–Shannon"],
  ["w1", "W₁(P,Q)", "Wasserstein, in places"],
  ["saturating", "Σ Q·D", "slope, saturating"],
  ["non_saturating", "Σ Q·(1−D)", "slope, non-saturating"],
];

function build(app) {
  let chosen = 0;
  let worth = null; // how much of each axis a pixel is worth
  let measured = null; // what the picture shows of the present state

  const unit = choice(app.uid, "Unit", "unit", { nats: "nats", bits: "bits" }, (value) => app.set({ unit: value }));
  const inspector = createInspector(app, { turn: (by) => hand.turn(by, app.state.p.length), put, settle: () => parts.settle(), notice: (...of) => parts.notice(...of) });
  const parts = frame(app, {
    title: "Discriminator lens: data P, generator Q, the discriminator D you draw, and its value under the ceiling",
    stage: "P, Q and D, place by place", presets: PRESETS, choices: [unit.element], values: inspector.element, python, numbers: NUMBERS,
    rule: "Drag D at each place; move the data or the generator, and the others of that law share the rest.",
  });
  const view = createView(parts.svg, app.uid);
  app.root.classList.add("kl-lens-app");

  function put(which, i, value, from = app.state) {
    if (Number.isNaN(value)) return app.set({});
    if (which === "d") return app.set({ d: app.state.d.map((old, j) => (j === i ? Math.min(1, Math.max(0, value)) : old)) });
    return app.set({ [which]: withProbability(from[which], i, value) });
  }
  const hand = operateOutcomes(app, parts, { put, scale: (which) => ({ up: which === "d" ? worth.d : worth.probability }) });

  return {
    stage: parts.stage,
    draw(state, width) {
      chosen = hand.chosenOf(state.p.length);
      measured = measure(state);
      worth = view.draw(state, measured, { width, chosen, reached: hand.reach(extents(state, measured)) });
      parts.show(measured.numbers, state.unit);
    },
    tell: [
      (state) => inspector.show(state, measured, chosen),
      (state) => showFormula(parts.formula, measured.parts, measured.numbers.value, state.unit),
      (state, width) => {
        const { numbers } = measured;
        const above = numbers.value - measured.parts.coin;
        unit.show(state.unit);
        parts.tell({
          text: inWords(state, measured), example: PRESETS.findIndex((preset) => isPreset(state, preset)),
          parts: above >= 0 ? [above, numbers.gap, "won over a coin + missed = 2·JS(P,Q)"] : [0, numbers.gap, "worse than a coin: all is missed, and more"],
          width, room: { pieces: [8, 20, 26, 12, 12, 15], words: 92 },
        });
      },
      view.describe,
    ],
  };
}

const isPreset = (state, preset) => ["p", "q", "d"].every((name) => preset[name].join() === state[name].join());

/** V(D), its two averages and their sum, with the numbers. */
function showFormula(line, { real, fake }, value, unit) {
  const log = unit === "bits" ? "log₂" : "log";
  const texts = [["V(D) = ", "kl-lead"], [`mean of ${log} D on P `, "kl-term"], [`+ mean of ${log}(1−D) on Q `, "kl-term"], [`= ${number(real, 3)} + `, "kl-term"], [`(${number(fake, 3)}) `, "kl-term"], [`= ${number(value)} ${unit}`, "kl-sum-of"]];
  if (line.children.length === 0) line.append(...texts.map(([, name]) => h("span", { class: name })));
  texts.forEach(([text], k) => setText(line.children[k], text));
}

/** The result in a sentence. */
function inWords({ p, q, unit }, { numbers, parts }) {
  const { value, gap } = numbers;
  if (value === -Infinity) return "D is sure and wrong somewhere: its score is minus infinity, and it misses infinitely much.";
  if (p.every((mass, i) => mass === q[i])) return `P and Q are equal: nothing beats a coin, ${number(parts.coin)} ${unit}; yours misses ${number(gap)}.`;
  if (gap < 1e-12) return `This is the best discriminator: V(D) = 2·JS − log 4 = ${number(value)} ${unit}.`;
  const than = Math.abs(value - parts.coin) < 1e-12 ? "a coin's" : value < parts.coin ? "worse than a coin's" : "better than a coin's";
  return `Your score, ${number(value)} ${unit}, is ${than}, and ${number(gap)} below the ceiling.`;
}

export default widget({ fields, sane, build });
