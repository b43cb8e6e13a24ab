/** One of several outcomes under the hand: which one is chosen, and how its handles are moved: "p:0" for the first value of p, "t" for the chosen outcome's t. */
import { onlyGrowing } from "./frame.js";
import { operateHandles } from "./handles.js";

/** What a pixel is worth to the right and up when a drag starts, in how many parts of 1 a drag moves (a key by two of them), and the value that End gives. */
const USUAL = { right: 0, up: 0, grid: 200, most: 1 };

/**
 * @param {import("./app.js").App} app
 * @param {{svg: SVGSVGElement, notice: Function, settle: Function}} parts of the frame
 * @param {object} of
 * @param {(which: string) => Partial<typeof USUAL>} of.scale of the handles of this kind
 * @param {(which: string, i: number, value: number, from: object) => void} of.put give this value; the others keep the proportions they have in `from`
 * @param {(which: string, i: number, state: object) => number} [of.value]
 * @param {(which: string, i: number, key: {by?: number, to?: string}) => boolean} [of.key] take a key; false for what keys usually do
 * @param {(i: number, which: string) => boolean} [of.shut] whether this handle of outcome i cannot be moved
 */
export function operateOutcomes(app, parts, { scale, put, value = (which, i, state) => state[which][i], key = () => false, shut = () => false }) {
  let chosen = 0;
  let gesture = null; // where a drag started, and what a pixel was worth then
  let focus = null; // {id, state}: proportions as they were when a handle got the focus, so that End then Home loses nothing
  let held = null; // how far the axes reached; while the hand is down they only grow

  const parse = (id) => (id.includes(":") ? [id.slice(0, id.indexOf(":")), Number(id.slice(id.indexOf(":") + 1))] : [id, chosen]);
  const scaled = (which) => ({ ...USUAL, ...scale(which) });
  function choose(i) {
    if (i !== chosen) parts.notice("");
    chosen = i;
    app.set({});
  }

  operateHandles(parts.svg, {
    begin(id) {
      const [which, i] = parse(id);
      gesture = { ...scaled(which), state: app.state };
      choose(i);
    },
    drag(id, dx, dy) {
      const [which, i] = parse(id);
      if (shut(i, which)) return;
      const { right, up, grid, state } = gesture;
      put(which, i, Math.round((value(which, i, state) + dx * right - dy * up) * grid) / grid, state);
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to }) {
      const [which, i] = parse(id);
      if (shut(i, which)) return;
      if (focus?.id !== id) focus = { id, state: app.state };
      chosen = i;
      if (key(which, i, { by, to })) return;
      const { grid, most } = scaled(which);
      const wanted = by ? value(which, i, app.state) + (2 * by) / grid : to === "least" ? 0 : most;
      put(which, i, Number(wanted.toFixed(6)), focus.state);
    },
  }, app.signal);
  parts.svg.addEventListener("focusout", () => { focus = null; }, { signal: app.signal });
  parts.svg.addEventListener("focusin", (event) => {
    const id = event.target.getAttribute("data-kl-handle");
    if (id && parse(id)[1] !== chosen) choose(parse(id)[1]);
  }, { signal: app.signal });

  return {
    choose,
    /** Choose the one so many places on, of so many. */
    turn: (by, count) => choose((chosen + by + count) % count),
    /** The chosen one of so many. */
    chosenOf: (count) => (chosen = Math.min(chosen, count - 1)),
    /** How far the axes reach, if this much is needed. @param {Record<string, number>} needed */
    reach: (needed) => (held = onlyGrowing(needed, gesture && held)),
  };
}
