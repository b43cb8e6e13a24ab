/** The triangle of policies: the clip band, where the clipped objective is flat, the KL ball, and the paths of the three updates. */
import { shorten } from "../shared/format.js";
import { contour, outline, place } from "../shared/simplex.js";
import { each, put, titles } from "../shared/stage.js";
import { band, flat } from "./update.js";

const CORNERS = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
const PATHS = ["clip", "fixed", "adaptive"];

/** Texts of one kind: rows of [text, x, y, anchor]. */
export const write = (layer, name, rows) => put(each(layer, "text", name, rows), { x: ([, x]) => x, y: ([, , y]) => y, "text-anchor": ([, , , anchor]) => anchor ?? "middle", class: ([, , , , more]) => (more ? `${more} ${name}` : name) }, ([text]) => text);

/** Where a policy stands, in pixels. */
export const spotter = ({ left, base, side }) => (law) => { const [x, y] = place(law); return [left + side * x, base - side * y]; };

/** What stays while the new policy alone is moved. */
export function drawGround({ layer, hatching }, state, at) {
  const spot = spotter(at);
  const area = (laws) => (laws.length > 2 ? `${outline(laws.map(spot))}Z` : "");
  const [corners, inside, silent] = [CORNERS.map(spot), band(state), flat(state)];
  put(each(layer.axes, "path", "kl-policy-flat", [0]), { d: area(silent), fill: hatching });
  put(each(layer.axes, "path", "kl-policy-band", [0]), { d: area(inside) });
  put(each(layer.axes, "path", "kl-policy-edge", [0]), { d: `${outline(corners)}Z` });
  const own = state.old.reduce((sum, mass) => sum + mass * Math.log(mass), 0);
  const distance = ([a, b, c]) => own - state.old[0] * Math.log(a) - state.old[1] * Math.log(b) - state.old[2] * Math.log(c);
  const ball = contour(state.old, state.delta, distance).map((law) => law && spot(law));
  put(each(layer.axes, "path", "kl-policy-ball", [0]), { d: outline(ball) });
  const names = shorten(state.labels, Math.floor(at.side / 16));
  write(layer.titles, "kl-name kl-policy-corner", corners.map(([x, y], i) => [names[i], i ? (i === 2 ? Math.min(at.width, x + 8) : x) : Math.max(0, x - 8), y + (i === 1 ? -9 : 19), ["start", "middle", "end"][i]]));
  titles(layer.titles, [
    [14, [["KL ball", "kl-ink-p"], [", clip band", "kl-policy-said"], [" (grey), "], ["no gradient", "kl-policy-loss"], [at.narrow ? "" : " (hatched)"]]],
    [32, [["clip", "kl-policy-loss"], [", "], ["fixed β", "kl-policy-violet"], [" (dashed), "], ["adaptive β", "kl-ink-gain"], [" (dotted)"]]],
  ]);
}

/** The paths, whose ends are where the updates end; the rounds of the adaptive one as small dots. */
export function drawPaths({ layer }, state, found, at) {
  const spot = spotter(at);
  put(each(layer.paths, "path", "kl-policy-path", PATHS), { class: (name) => `${name === state.method ? "kl-chosen " : ""}kl-policy-${name} kl-policy-path`, d: (name) => outline(found[name].map(spot)) });
  const round = ([x, y]) => `M${(x - 2.5).toFixed(1)},${y.toFixed(1)}a2.5,2.5 0 1 0 5,0a2.5,2.5 0 1 0 -5,0`;
  put(each(layer.paths, "path", "kl-policy-round", [0]), { d: found.ends.map((law) => round(spot(law))).join("") });
  const ends = PATHS.map((name) => [name, ...spot(found[name][found[name].length - 1])]);
  put(each(layer.paths, "circle", "kl-policy-end", ends), { class: ([name]) => `kl-policy-end-${name} kl-policy-end`, cx: ([, x]) => x, cy: ([, , y]) => y, r: 4.5 });
}
