/** The table: the ball that was drawn, the bet on it, and what came of the last one; below it the urns' own numbers. */
import { button, h, setAttribute, setText } from "../shared/dom.js";
import { lawEditors, numberEditor, turner, unlikeProbability } from "../shared/editors.js";
import { probability, signed } from "../shared/format.js";
import { DRAWS } from "./math.js";
import { shade } from "./view.js";

/** @param {import("../shared/app.js").App} app @param {Record<string, Function>} on */
export function createEditor(app, { put, turn, commit, rest, again, reveal, notice }) {
  let chosen = 0;
  const ball = h("span", { "aria-hidden": "true" });
  const question = h("span", { "aria-live": "polite" });
  const bet = numberEditor("bet", {
    text: "urn 1:", ink: "r", paint: "bet", min: 0, max: 1, step: 0.01,
    type(value, text) {
      put("bet", 0, value >= 0 ? value : app.state.bet);
      return unlikeProbability(value, text);
    },
    slide: (value) => put("bet", 0, value), notice,
  });
  const place = button("Bet", "bet", commit);
  const play = button("Play the rest like this", "rest", rest);
  const fresh = button("New game", "new-game", again);
  const best = button("Show best bets", "reveal", reveal, { "aria-pressed": "false" });
  const story = h("p", { class: "kl-story", "aria-live": "polite" });
  const name = h("span", { class: "kl-urn-colour" });
  const laws = lawEditors(app, () => chosen, put, notice);
  const urns = h("div", { class: "kl-urn-row", role: "group", "aria-label": "The urns" }, turner("colour", name, turn), ...laws.elements);

  return {
    element: h("div", { class: "kl-urn-table", role: "group", "aria-label": "The ball, your bet, and the urns" },
      h("p", { class: "kl-urn-question" }, ball, question),
      h("div", { class: "kl-urn-row" }, bet.element, place),
      story,
      h("div", { class: "kl-tools" }, play, best, fresh),
      urns),
    show(state, measured, i) {
      chosen = i;
      const { over, draws } = measured;
      const busy = draws.length > 0 && !over;
      const colour = over ? "" : state.labels[measured.ball];
      setAttribute(ball, "class", over ? "" : `kl-urn-drawn kl-urn-ball-${shade(measured.ball, state.p.length)}`);
      setText(question, over ? `All ${DRAWS} draws are played.` : `Draw ${draws.length + 1} of ${DRAWS}: a ${colour} ball. How probable is urn 1?`);
      bet.label(`Your probability that the ${colour} ball came from urn 1`);
      bet.show(state.bet);
      bet.shut(over);
      place.disabled = play.disabled = best.disabled = over;
      setAttribute(best, "aria-pressed", over || state.reveal);
      setText(story, tell(state, measured));
      setText(name, state.labels[i]);
      laws.show(state);
      urns.querySelectorAll("input").forEach((input) => { input.disabled = busy; });
    },
  };
}

/** What came of the last bet; of all of them at the end. */
function tell({ p, q, labels }, { draws, over, ideal, policy }) {
  const last = draws.at(-1);
  if (!last) return "A fair coin picks an urn out of sight; a ball is drawn from it and put back. An even bet earns 0, a certain one 1 bit or minus infinity.";
  if (over) {
    const rows = labels.map((label, i) => (p[i] + q[i] > 0 ? `${label} ${probability(ideal[i])} (you ${probability(policy[i])})` : "")).filter(Boolean);
    return `The best bets are the urns’ shares, p/(p + q): ${rows.join(", ")}.`;
  }
  const given = last.urn === 1 ? last.bet : 1 - last.bet;
  const locked = draws.length === 1 ? " The urns stay as they are until the game is over." : "";
  return `Draw ${last.i + 1}, ${labels[last.colour]}, came from urn ${last.urn}. You gave that ${probability(given)}: ${signed(last.score)} bits, average ${signed(last.average)}.${locked}`;
}
