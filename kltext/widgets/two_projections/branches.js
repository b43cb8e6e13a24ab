/** The reverse fits of two like modes, by how far they stand apart: the minimum in the middle, those on a mode, and the jump. */
import { number } from "../shared/format.js";
import { curve, each, put } from "../shared/stage.js";
import { symmetric } from "./math.js";

const LINES = ["middle-best", "middle-other", "side-best", "side-other"];

/** @param {ReturnType<import("./fit.js").branches>} families */
export function drawFamilies(layer, at, { middle, side, jump }) {
  const joint = { m: jump, mean: meanAt(side, jump) };
  const parts = {
    "middle-best": [...middle.filter(({ m }) => m < jump), { m: jump, mean: 0 }], "middle-other": [{ m: jump, mean: 0 }, ...middle.filter(({ m }) => m > jump)],
    "side-best": [joint, ...side.filter(({ m }) => m > jump)], "side-other": [...side.filter(({ m }) => m < jump), joint],
  };
  const line = (points) => curve(points.map(({ m }) => Math.round(10 * at.m(m)) / 10), points.map(({ mean }) => at.b(mean)));
  put(each(layer, "path", "kl-branch", LINES), { class: (name) => `kl-branch-${name.endsWith("best") ? "best" : "other"} kl-branch`, d: (name) => line(parts[name]) });
  put(each(layer, "line", "kl-jump", [0]), { x1: at.m(jump), x2: at.m(jump), y1: at.b(0), y2: at.b(joint.mean) });
  put(each(layer, "text", "kl-jump-name", [0]), { x: at.m(jump) - 6, y: at.b(joint.mean / 2), "text-anchor": "end" }, "the best jumps");
}

/** Where the present P and the fit reached stand among them. */
export function drawHere(layer, state, { end }, at) {
  const m = symmetric(state);
  const shown = m >= 0 && m <= at.m.domain[1] * 1.0001;
  const mean = Math.abs(end.mean - (state.mean_1 + state.mean_2) / 2) / state.std_1;
  put(each(layer, "line", "kl-branch-here", shown ? [0] : []), { x1: at.m(m), x2: at.m(m), y1: at.b.range[0], y2: at.b.range[1] });
  put(each(layer, "circle", "kl-branch-point", shown ? [0] : []), { cx: at.m(m), cy: at.b(mean), r: 5 });
  const note = Number.isNaN(m) ? "your modes are not alike" : shown ? `here m = ${number(m, 2)}` : `here m = ${number(m, 2)}: outside`;
  put(each(layer, "text", "kl-hint kl-branch-note", [0]), { x: at.m.range[0] + 6, y: at.b.range[1] + 10, "text-anchor": "start" }, note);
}

/** |μ| on a mode's branch at m, between the places where it was computed. */
function meanAt(side, m) {
  const i = Math.max(1, side.findIndex((point) => point.m >= m));
  const [one, other] = [side[i - 1], side[i]];
  return one.mean + ((other.mean - one.mean) * (m - one.m)) / (other.m - one.m);
}
