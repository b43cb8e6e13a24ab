/** What is done to the tree, and to the chosen outcome: its probability, typed or slid; more outcomes and fewer. */
import { button, h, setAttribute, setText } from "../shared/dom.js";
import { numberEditor, turner } from "../shared/editors.js";
import { number, probability } from "../shared/format.js";
import { FEWEST, MOST, RAREST, withOutcome, withoutOutcome } from "./math.js";

/** @param {import("../shared/app.js").App} app @param {Record<string, Function>} on */
export function createEditor(app, { choose, turn, put, change, takeApart, startOver, huffman, reveal, notice }) {
  let chosen = 0;
  const name = h("span", { class: "kl-chosen-name" });
  const editor = numberEditor("p", {
    text: "p", ink: "p", paint: "p", min: RAREST, max: 1, step: 0.005,
    type(value, text) {
      const most = 1 - RAREST * (app.state.p.length - 1);
      if (!(value > 0)) {
        app.set({});
        return Number.isNaN(value) ? "" : "Every outcome stays possible: type more than 0; nothing was changed.";
      }
      put(chosen, value);
      const taken = Number(Math.min(most, Math.max(RAREST, value)).toPrecision(6));
      return value < RAREST || value > most ? `Hands reach from ${RAREST} to ${Number(most.toPrecision(6))}; ${text} was read as ${taken}.` : "";
    },
    slide: (value) => put(chosen, value), notice,
  });
  const remove = button("Remove", "remove-outcome", () => change(withoutOutcome(app.state, chosen)));
  const add = button("Add outcome", "add-outcome", () => {
    change(withOutcome(app.state));
    choose(app.state.p.length - 1);
  });
  const dissolve = button("Take apart", "take-apart", takeApart);
  const clear = button("Start over", "start-over", startOver);
  const best = button("Show Huffman’s", "huffman", huffman);
  const asked = button("Show best L", "reveal", reveal, { "aria-pressed": "false" });
  const story = h("p", { class: "kl-story", "aria-live": "polite" });

  return {
    element: h("div", { class: "kl-editor", role: "group", "aria-label": "The tree, and the chosen outcome" },
      h("div", { class: "kl-tools" }, dissolve, clear, asked, best),
      story,
      h("div", { class: "kl-outcome" },
        turner("outcome", name, turn), editor.element,
        h("div", { class: "kl-tools" }, remove, add))),
    show(state, measured, { outcome, picked }) {
      chosen = outcome;
      const label = state.labels[outcome];
      setText(name, label);
      editor.label(`Probability of ${label}`);
      editor.show(state.p[outcome]);
      remove.disabled = state.p.length <= FEWEST;
      setAttribute(remove, "aria-label", `Remove ${label}`);
      add.disabled = state.p.length >= MOST;
      dissolve.disabled = !Array.isArray(measured.groups[picked ?? (measured.complete ? 0 : -1)]);
      clear.disabled = measured.asked.length === 0;
      setAttribute(asked, "aria-pressed", state.reveal);
      setText(story, tell(state, measured, picked));
    },
  };
}

const members = (side, { labels }) => side.map((i) => labels[i]).join(", ");

/** What can be done now, or what the picked question is worth. */
function tell(state, { groups, asked, complete }, picked) {
  if (picked === null && complete) return "Every outcome has its word. Pick the tree to read its first question; take it apart to try another one.";
  if (picked === null) return "Pick two groups, one after the other: a question that tells them apart joins them.";
  const node = groups[picked];
  const question = asked.find(({ path }) => path === `${picked}.`);
  if (!question) return `${state.labels[node]} is picked. Pick the group to join it with, or pick it again to let go.`;
  const { no, yes, weight, waste, sides } = question;
  const worth = weight > 0 ? 1 - waste / weight : 1;
  const next = complete ? "" : " Pick the group to join it with.";
  return `“Is it ${sides[1].length > 1 ? "one of " : ""}${members(sides[1], state)}?” splits ${probability(no)} : ${probability(yes)}, so its answer is worth ${number(worth, 3)} bits.${next}`;
}
