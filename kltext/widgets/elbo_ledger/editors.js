/** What the reader types: of the chosen state its prior, likelihood and q, or of the line x, noise and q; and q made prior or best. */
import { button, h, setText } from "../shared/dom.js";
import { beyond, numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { LIMITS, MODELS } from "./line.js";

const STATE = [["prior", "p(z)", "p"], ["likelihood", "p(x|z)", "r"], ["q", "q(z)", "q"]];
const LINE = [["x", "x", "", "Observation x"], ["noise", "noise", "", "Standard deviation of x given z"], ["mean", "mean", "q", "Mean of q"], ["std", "spread", "q", "Standard deviation of q"]];

/** @param {import("../shared/app.js").App} app */
export function createEditors(app, { turn, state: put, line, ideal, prior, notice }) {
  let chosen = 0;
  const name = h("span", { class: "kl-ledger-state" });
  const three = STATE.map(([which, text, ink]) => numberEditor(which, {
    text, ink: which === "q" ? "q" : "", paint: ink, min: 0, max: 1, step: 0.005,
    type(value, typed) {
      const taken = put(which, chosen, value >= 0 ? value : NaN);
      return taken || Number.isNaN(value) || value < 0 ? unlikeProbability(value, typed) : "x could then not have been seen in any state; nothing was changed.";
    },
    slide: (value) => put(which, chosen, value), notice,
  }));
  const limits = (which) => LIMITS[which] ?? MODELS[app.state.mode]?.limits ?? [0, 1];
  const four = LINE.map(([which, text, ink, about]) => numberEditor(which, {
    text, ink, paint: ink || "r", min: 0, max: 1, step: 0.05, about, digits: 17,
    type(value, typed) {
      line(which, value);
      const broken = which === "x" && app.state.mode === "count" && !Number.isInteger(value) && !Number.isNaN(value);
      return broken ? `A count is a whole number; ${typed} was read as ${app.state.x}.` : beyond(value, typed, "values", limits(which));
    },
    slide: (value) => line(which, value), notice,
  }));
  const first = h("div", { class: "kl-ledger-fields", role: "group", "aria-label": "The chosen state" }, turner("state", name, turn), ...three.map(({ element }) => element));
  const second = h("div", { class: "kl-ledger-fields", role: "group", "aria-label": "The observation and q" }, ...four.map(({ element }) => element));
  const close = button("q = posterior", "ideal", ideal);
  return {
    element: h("div", {}, first, second, h("div", { class: "kl-tools" }, button("q = prior", "prior", prior), close)),
    show(state, i) {
      chosen = i;
      const discrete = state.mode === "states";
      if (first.hidden !== !discrete) first.hidden = !discrete;
      if (second.hidden !== discrete) second.hidden = discrete;
      setText(close, state.mode === "square" || state.mode === "count" ? "best q uphill" : "q = posterior");
      setText(name, state.labels[i]);
      three.forEach((editor, k) => {
        editor.label(`${STATE[k][1]} of ${state.labels[i]}, a probability`, `${STATE[k][1]} of ${state.labels[i]}`);
        editor.show(state[editor.name][i]);
      });
      four.forEach((editor) => {
        const [least, most] = limits(editor.name);
        editor.upTo(most, least);
        editor.show(state[editor.name]);
        editor.shut(editor.name === "noise" && state.mode === "count");
      });
    },
  };
}
