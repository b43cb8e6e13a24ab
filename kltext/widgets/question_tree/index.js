/** QuestionTree: yes/no questions on a distribution under the hand; their average number beside the entropy. */
import { widget } from "../shared/app.js";
import { number, probability } from "../shared/format.js";
import { frame } from "../shared/frame.js";
import { operateOutcomes } from "../shared/outcomes.js";
import { createEditor } from "./editor.js";
import { PRESETS, apart, huffman, joined, measure, moved, parse, python, sane, split } from "./math.js";
import { createView, extents } from "./view.js";

const fields = { p: "numbers", labels: "texts", tree: "word", reveal: "flag" };
const NUMBERS = [
  ["depth", "depth L", "questions, on average"],
  ["entropy", "H(P)", "entropy, in bits"],
  ["excess", "excess", "wasted on uneven answers"],
  ["best", "best L", "of Huffman’s tree"],
];

function build(app) {
  let outcome = 0; // the one whose probability can be typed
  let picked = null; // the group that waits for another one
  let refocus = null; // the group that takes the focus once it is drawn
  let worth = 0; // how much probability a pixel is worth
  let measured = null; // what the picture shows of the present state

  const editor = createEditor(app, {
    choose: (i) => hand.choose(i), turn: (by) => hand.turn(by, app.state.p.length), put: (i, value) => put("p", i, value), change,
    takeApart: () => grow(split(app.state.tree, picked ?? 0)),
    startOver: () => grow(apart(app.state.p.length)),
    huffman: () => change({ tree: huffman(app.state.p), reveal: true }),
    reveal: () => app.set({ reveal: !app.state.reveal }),
    notice: (...of) => parts.notice(...of),
  });
  const parts = frame(app, {
    title: "Question tree: yes/no questions that find an outcome of P, their average number, and the entropy of P",
    stage: "The groups of the tree, and P", presets: PRESETS, choices: [], values: editor.element, python, numbers: NUMBERS,
    rule: "Pick a group, then another: they are joined. Drag a bar and the others share the rest.",
  });
  const view = createView(parts.svg);

  function put(_, i, value, from = app.state) {
    app.set({ p: moved(from.p, i, value) });
  }
  const hand = operateOutcomes(app, parts, { put, scale: () => ({ up: worth }) });
  function change(patch) {
    picked = null;
    parts.settle();
    app.set(patch);
  }
  const grow = (tree) => change({ tree });

  /** The first group is picked, the second is joined with it; the same one again is let go. */
  function pick(g) {
    if (picked === null || picked === g) {
      picked = picked === g ? null : g;
      app.set({});
      return;
    }
    refocus = Math.min(picked, g);
    grow(joined(app.state.tree, picked, g));
  }
  const groupOf = (event) => event.target.closest?.("[data-kl-group]")?.getAttribute("data-kl-group");
  const listen = (type, listener) => parts.svg.addEventListener(type, listener, { signal: app.signal });
  listen("click", (event) => { if (groupOf(event)) pick(Number(groupOf(event))); });
  listen("keydown", (event) => {
    if (!groupOf(event) || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    pick(Number(groupOf(event)));
  });

  return {
    stage: parts.stage,
    draw(state, width) {
      outcome = hand.chosenOf(state.p.length);
      if (picked !== null && picked >= parse(state.tree).length) picked = null;
      measured = measure(state);
      worth = view.draw(state, measured, { width, picked, reached: hand.reach(extents(state)) });
      const { best, ...numbers } = measured.numbers;
      parts.show(state.reveal ? { ...numbers, best } : numbers, "bits");
      if (refocus !== null) view.group(refocus)?.focus({ preventScroll: true });
      refocus = null;
    },
    tell(state, width) {
      const { numbers, complete } = measured;
      view.describe();
      editor.show(state, measured, { outcome, picked });
      const pieces = formula(state, measured, width < 440 ? 3 : 8);
      if (parts.formula.textContent !== pieces.join("")) parts.formula.textContent = pieces.join("");
      parts.tell({
        text: inWords(state, measured), example: PRESETS.findIndex((preset) => ["p", "labels"].every((name) => preset[name].join() === state[name].join())),
        parts: [numbers.depth - numbers.excess, numbers.excess, complete ? "H(P) + excess = L" : "learnt + wasted = asked so far"],
        width, room: { pieces: Array(Math.min(state.p.length, width < 440 ? 3 : 8) + 2).fill(14), words: 120 },
      });
    },
  };
}

/** The average depth with its numbers in it: L = 0.50·1 + 0.25·2 + 0.25·2 = 1.5. */
function formula({ p }, { words, numbers }, most) {
  const terms = p.map((value, i) => `${probability(value)}·${words[i].length}`);
  const shown = terms.length > most ? [...terms.slice(0, most - 1), "…", terms.at(-1)] : terms;
  return ["L = ", shown.join(" + "), ` = ${number(numbers.depth)}`];
}

/** The result in a sentence. */
function inWords({ reveal }, { groups, asked, complete, numbers }) {
  const least = reveal ? ` The best tree asks ${number(numbers.best)} questions on average.` : "";
  if (asked.length === 0) return `No question yet. Which two groups should one question tell apart?${least}`;
  if (!complete) return `${groups.length} groups are left to join. Wasted so far: ${number(numbers.excess)} bits.${least}`;
  if (numbers.excess === 0) return "Every answer is a fair coin: the average depth is the entropy, and no tree can do better.";
  if (!reveal) return `It asks ${number(numbers.excess)} more than H(P). Can another tree do with fewer questions?`;
  const best = numbers.depth - numbers.best < 1e-9;
  if (best) return `No tree asks fewer questions on average. It still asks ${number(numbers.excess)} more than H(P).`;
  return `It asks ${number(numbers.excess)} more than H(P); the best tree would save ${number(numbers.depth - numbers.best)} of them.`;
}

export default widget({ fields, sane, build });
