/** The outcome under the lens: its name, its two probabilities to type, its lock, and its share of the divergence in numbers. */
import { button, h, setAttribute, setText } from "../shared/dom.js";
import { numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { number, probability, signed } from "../shared/format.js";
import { FEWEST, MOST, most, withOutcome, withoutOutcome } from "./math.js";

export function createInspector(app, { choose, turn, put, settle, notice }) {
  let chosen = 0;
  const change = (patch) => {
    if (patch === null) return;
    settle();
    app.set(patch);
  };
  /** Take a typed probability; says what was wrong with it. */
  function take(which, value, text) {
    const present = app.state[which];
    put(which, chosen, value >= 0 ? value : present[chosen]);
    const limit = most(present, chosen, app.state.locked);
    if (value < 0 || limit === 1) return unlikeProbability(value, text);
    return value > limit ? `The locked outcomes leave no more than ${Number(limit.toPrecision(6))}; ${text} was read as that.` : "";
  }

  const name = h("input", { type: "text", class: "kl-rename", maxlength: 24, "aria-label": "Name of this outcome", autocomplete: "off", spellcheck: "false",
    change: () => {
      const labels = [...app.state.labels];
      labels[chosen] = name.value.trim() || labels[chosen];
      app.set({ labels });
      name.value = app.state.labels[chosen];
    } });
  const editors = ["p", "q"].map((which) => numberEditor(which, {
    text: which.toUpperCase(), ink: which, paint: which, min: 0, max: 1, step: 0.005,
    type: (value, text) => take(which, value, text), slide: (value) => put(which, chosen, value), notice,
  }));
  const lock = button("Lock", "lock", () => {
    const { locked } = app.state;
    app.set({ locked: locked.includes(chosen) ? locked.filter((i) => i !== chosen) : [...locked, chosen].sort((a, b) => a - b) });
  });
  const remove = button("Remove", "remove-outcome", () => change(withoutOutcome(app.state, chosen)));
  const add = button("Add outcome", "add-outcome", () => {
    change(withOutcome(app.state));
    choose(app.state.p.length - 1);
  });
  const story = h("p", { class: "kl-story" });

  const element = h("div", { class: "kl-inspector", role: "group", "aria-label": "The chosen outcome" },
    h("div", { class: "kl-inspector-row" },
      turner("outcome", name, turn), ...editors.map(({ element }) => element),
      h("div", { class: "kl-tools" }, lock, remove, add)),
    story);

  return {
    element,
    show(state, { ratios, contributions }, i) {
      chosen = i;
      const label = state.labels[i];
      if (document.activeElement !== name && name.value !== label) name.value = label;
      const isLocked = state.locked.includes(i);
      const alone = state.p.length - state.locked.length < 2;
      for (const editor of editors) {
        const values = state[editor.name];
        const about = `${editor.name.toUpperCase()} of ${label}`;
        editor.label(`${about}, a probability`, about);
        editor.upTo(most(values, i, state.locked));
        editor.show(values[i]);
        editor.shut(isLocked || alone);
      }
      setAttribute(lock, "aria-pressed", String(isLocked));
      setAttribute(lock, "aria-label", `Lock ${label}`);
      remove.disabled = state.p.length <= FEWEST;
      setAttribute(remove, "aria-label", `Remove ${label}`);
      add.disabled = state.p.length >= MOST;
      setText(story, alone && !isLocked ? stuck(state, contributions[i]) : tell(state, ratios[i], contributions[i], i));
    },
  };
}

/** Why the outcome's fields are shut, and its share. */
const stuck = ({ unit }, c) => `Every other outcome is locked, so this one cannot move. Unlock one. It contributes ${signed(c)} ${unit}.`;

/** The outcome's arithmetic in words. */
function tell({ p, q, unit }, r, c, i) {
  const [a, b] = [probability(p[i]), probability(q[i])];
  const log = unit === "bits" ? "log₂" : "log";
  if (p[i] === 0 && q[i] === 0) return "Impossible under both: it contributes 0.";
  if (p[i] === 0) return `P rules it out: r = ${log}(0/${b}) = −∞, but it is never drawn, so it contributes 0 · r = 0.`;
  if (q[i] === 0) return `Q rules it out, P does not: r = ${log}(${a}/0) = ∞, and one such draw costs infinitely much.`;
  const side = r > 0 ? "likelier under P" : r < 0 ? "likelier under Q" : "equally likely under both";
  return `r = ${log}(${a}/${b}) = ${signed(r)}, ${side}; contributes ${a} · ${r < 0 ? `(${number(r, 3)})` : number(r, 3)} = ${signed(c)} ${unit}.`;
}
