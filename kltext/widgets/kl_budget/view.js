/** The picture of one latent dimension, drawn from the state; nothing is remembered but the elements. */
import { select } from "../shared/d3.js";
import { describeHandles, handles, hatch, layers, put } from "../shared/stage.js";
import { layout } from "./geometry.js";
import { createPanel } from "./panel.js";
import { budgetLine, drawPlane, planeFurniture } from "./plane.js";

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const clips = [0, 1, 2, 3, 4].map((i) => svg.select("defs").append("clipPath").attr("id", `${uid}-clip${i}`).append("rect"));
  clips.urls = clips.map((_, i) => `url(#${uid}-clip${i})`);
  const layer = layers(svg, ["axes", "lines", "bars", "titles", "notes", "words", "handles"]);
  const lines = layer.lines.append("g");
  const inside = layer.lines.append("g").attr("clip-path", clips.urls[0]);
  const kit = { layer, clips, lines, inside };
  const panel = createPanel(layer, hatching, clips);
  let [framed, ruled] = ["", ""];

  function draw(state, numbers, { width, reached }) {
    const at = layout(width, reached);
    const { half, up, down, cost, ...laws } = reached;
    const frame = JSON.stringify([width, at.left, state.budget, half, up, down, cost]);
    if (frame !== framed) {
      put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
      planeFurniture(kit, reached, at, state.budget);
      budgetLine(inside, state, reached, at);
    }
    const rules = JSON.stringify([width, at.left, laws]);
    if (rules !== ruled) panel.furniture(laws, at);
    [framed, ruled] = [frame, rules];
    panel.draw(state, at);
    handles(layer.handles, drawPlane(kit, state, numbers, reached, at));
    return { mean: 1 / (at.x(1) - at.x(0)), log_var: 1 / (at.y(0) - at.y(1)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}
