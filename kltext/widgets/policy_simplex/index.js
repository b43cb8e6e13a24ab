/** PolicySimplex: three actions under PPO, where the clip and the KL penalty lead, and how far that is from the old policy. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame, onlyGrowing } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { tidy, withProbability } from "../shared/probabilities.js";
import { lawAt, place, sideways } from "../shared/simplex.js";
import { createEditors } from "./editors.js";
import { LIMITS, PRESETS, measure, python, sane, updates } from "./math.js";
import { createView, extents } from "./view.js";
import { PIECES, inWords, showFormula } from "./words.js";

const fields = {
  old: "numbers", advantages: "numbers", counts: "numbers", labels: "texts", method: "word", hand: "numbers",
  epsilon: "number", delta: "number", beta: "number", rate: "number", steps: "number",
};
const NUMBERS = [
  ["kl", "D(old‖new)", "the true KL, in nats"],
  ["k1", "k1", "mean over the samples"],
  ["k2", "k2", "mean over the samples"],
  ["k3", "k3", "mean over the samples"],
  ["dead", "silenced", "share of the samples"],
  ["left", "δ − KL", "left of the KL ball"],
  ["widest", "max KL", "in the clip band"],
  ["kl_clip", "KL clip", "where clip ends"],
  ["kl_fixed", "KL fixed", "where fixed β ends"],
  ["kl_adaptive", "KL adapt.", "where adaptive β ends"],
  ["used", "β adapt.", "the adapted β"],
];
const METHODS = { clip: "clip", fixed: "fixed β", adaptive: "adaptive", hand: "by hand" };

function build(app) {
  let chosen = 0; // of the three actions
  let gesture = null; // {state, policy, worth}: where a drag started, and what a pixel was worth
  let focus = null; // {id, law}: proportions as they were when a handle got the focus, so that End then Home loses nothing
  let [found, made] = [null, ""]; // the updates, and of what
  let measured = null; // what the picture shows of the present state
  let held = null; // how far the axes reached; while the hand is down they only grow
  let worth = null;

  const method = choice(app.uid, "New policy", "method", METHODS, (value) => {
    parts.settle();
    app.set(value === "hand" ? { method: value, hand: rounded(measured.policy) } : { method: value }); // by hand it begins where it was
  });
  const editors = createEditors({
    turn: (by) => choose((chosen + by + 3) % 3), action: put, rule, state: () => app.state, draw: (by) => put("counts", chosen, app.state.counts[chosen] + by), notice: (...of) => parts.notice(...of),
  });
  const parts = frame(app, {
    title: "Policy simplex: three actions under PPO, where the clip and the KL penalty lead, and how far that is from the old policy",
    stage: "All policies on three actions, with the old one, the new one, and the paths of three updates", presets: PRESETS, choices: [method.element], values: editors.element, python,
    rule: "Drag the old policy, the new one, or an advantage; the paths are computed anew.", numbers: NUMBERS,
  });
  const view = createView(parts.svg, app.uid);
  app.root.classList.add("kl-policy");

  /** What is left of one goes to the largest. */
  function whole(law) {
    const largest = law.indexOf(Math.max(...law));
    return law.map((mass, a) => (a === largest ? Number((1 - law.reduce((sum, other, j) => (j === a ? sum : sum + other), 0)).toFixed(12)) : mass));
  }
  const rounded = (law) => whole(law.map((mass) => Number(mass.toFixed(6))));
  function choose(i) {
    chosen = i;
    app.set({});
  }
  /** The old policy must be able to play every action. */
  const playing = (law) => whole(law.map((mass) => Math.max(LIMITS.old[0], mass)));
  function move(id, law) {
    app.set(id === "old" ? { old: playing(law) } : { method: "hand", hand: law });
  }
  /** Give an action this old probability, advantage or number of samples, inside what it may be. */
  function put(which, i, value) {
    if (Number.isNaN(value)) return app.set({});
    if (which === "old") return value < 0 ? app.set({}) : move("old", withProbability(app.state.old, i, value));
    const [least, most] = LIMITS[which];
    const near = Math.min(most, Math.max(least, which === "counts" ? Math.round(value) : tidy(value)));
    return app.set({ [which]: app.state[which].map((old, j) => (j === i ? near : old)) });
  }
  function rule(name, value) {
    const [least, most] = LIMITS[name];
    app.set(Number.isNaN(value) ? {} : { [name]: Math.min(most, Math.max(least, name === "steps" ? Math.round(value) : tidy(value))) });
  }
  const law = (id) => (id === "old" ? app.state.old : rounded(measured.policy));
  const parse = (id) => [id.split(":")[0], Number(id.split(":")[1])];

  operateHandles(parts.svg, {
    begin(id) {
      gesture = { state: app.state, law: law(id), worth };
      if (id.includes(":")) choose(parse(id)[1]);
    },
    drag(id, dx, dy) {
      const { state, law: begun, worth: { up, side } } = gesture;
      const [which, i] = parse(id);
      if (which === "advantages") return put(which, i, Math.round((state.advantages[i] - dy * up) * 20) / 20);
      const [x, y] = place(begun);
      return move(id, lawAt([x + dx / side, y - dy / side]));
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to, across }) {
      const [which, i] = parse(id);
      if (which === "advantages") {
        chosen = i;
        return put(which, i, by ? app.state.advantages[i] + by / 10 : LIMITS.advantages[to === "least" ? 0 : 1]);
      }
      if (across) { // sideways, mass goes between the two lower corners
        focus = null;
        return move(id, sideways(law(id), by / 100));
      }
      if (focus?.id !== id) focus = { id, law: law(id) };
      return move(id, withProbability(focus.law, 1, Number((by ? law(id)[1] + by / 100 : to === "least" ? 0 : 1).toFixed(6))));
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
      const { hand, method: by, labels, ...batch } = state;
      const of = JSON.stringify(batch);
      if (of !== made) [found, made] = [updates(state), of];
      measured = measure(state, found);
      held = onlyGrowing(extents(state, measured), gesture && held);
      worth = view.draw(state, found, measured, { width, reached: held });
      parts.show(measured.numbers, "nats");
    },
    tell: [
      (state) => showFormula(parts.formula, state, measured),
      (state) => editors.show(state, chosen),
      (state, width) => {
        method.show(state.method);
        const { kl } = measured.numbers;
        const over = kl > state.delta;
        parts.tell({
          text: inWords(state, measured, found), example: PRESETS.findIndex(({ name: _, ...preset }) => Object.keys(preset).every((name) => (name === "hand" && preset.method !== "hand") || String(preset[name]) === String(state[name]))),
          parts: over ? [state.delta, kl - state.delta, `δ + ${number(kl - state.delta, 3)} beyond it = KL`] : [kl, state.delta - kl, `KL + ${number(state.delta - kl, 3)} left = δ`],
          width, room: { pieces: PIECES, words: 165 },
        });
      },
      view.describe,
    ],
  };
}

export default widget({ fields, sane, build });
