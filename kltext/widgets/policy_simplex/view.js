/** The picture of three actions under PPO, drawn from the state; nothing is remembered but the elements. */
import { select } from "../shared/d3.js";
import { spoken, spokenAmount } from "../shared/format.js";
import { describeHandles, handles, hatch, layers, put } from "../shared/stage.js";
import { actionExtents, drawActions } from "./actions.js";
import { drawGround, drawPaths, spotter } from "./triangle.js";

export const extents = actionExtents;

function layout(given) {
  const width = Math.max(given, 260);
  const narrow = width < 440;
  const side = Math.min(width - 24, 350);
  const left = (width - side) / 2;
  const base = 66 + 0.866 * side;
  const top2 = base + 60;
  const bottom2 = top2 + (narrow ? 80 : 92);
  const top3 = bottom2 + 40;
  const bottom3 = top3 + 72;
  return { width, narrow, side, left, base, top2, bottom2, top3, bottom3, height: bottom3 + 66 };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["axes", "paths", "bars", "titles", "notes", "words", "handles"]);
  const kit = { layer, hatching };
  let [grounded, walked] = ["", null];

  function draw(state, found, measured, { width, reached }) {
    const at = layout(width);
    const { old, counts, advantages, epsilon, delta, labels, method } = state;
    const ground = JSON.stringify([width, old, counts, advantages.map(Math.sign), epsilon, delta, labels]);
    if (ground !== grounded) {
      put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
      drawGround(kit, state, at);
    }
    if (ground !== grounded || walked?.found !== found || walked.method !== method) drawPaths(kit, state, found, at);
    [grounded, walked] = [ground, { found, method }];
    const { numbers: { kl, dead, k1, k3 }, policy } = measured;
    const outcome = `KL ${spokenAmount(kl, "nats")}, ${spoken(100 * dead, 0)} % of the samples silenced`;
    const drawn = drawActions(kit, state, measured, at, { reached, outcome });
    const spot = spotter(at);
    const said = (law) => law.map((mass, i) => `${labels[i]} ${spoken(mass)}`).join(", ");
    const point = (id, law, kind, label, text) => ({ id, kind, x: spot(law)[0], y: spot(law)[1], width: 16, height: 16, orientation: "vertical", least: 0, most: 1, now: law[1], label: `${label} in the triangle, ${labels[1]} at its top`, text: `${said(law)}, ${text}` });
    handles(layer.handles, [
      ...drawn.handles,
      point("old", old, "kl-point kl-policy-old", "Old policy", outcome),
      point("new", policy, "kl-handle-q kl-point", "New policy", `${outcome}, k1 ${spoken(k1)}, k3 ${spoken(k3)}`),
    ]);
    return { up: drawn.up, side: at.side };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}
