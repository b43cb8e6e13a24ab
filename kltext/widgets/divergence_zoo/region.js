/** The panel of inequalities: all pairs (TV, another divergence) that two outcomes reach, those that more reach, and the reader's pair. */
import { number } from "../shared/format.js";
import { NATS } from "../shared/divergence.js";
import { axis, curve, each, put } from "../shared/stage.js";
import { REGIONS, along } from "./regions.js";

/** What the region's numbers in nats are multiplied by. */
export const scaleOf = ({ region, unit }) => (region === "hellinger" ? 1 : 1 / NATS[unit]);

/** How far the upright axis reaches. */
export function regionExtent(state, { numbers }) {
  const { number: name, floor } = REGIONS[state.region];
  return 1.06 * Math.max(scaleOf(state) * floor, numbers[name] < 6 ? numbers[name] : 0);
}

export function createRegion(svg, layer, uid) {
  const clip = svg.append("defs").append("clipPath").attr("id", `${uid}-region`).append("rect");
  const panel = layer.panels.append("g");
  const areas = panel.append("g").attr("clip-path", `url(#${uid}-region)`);

  function furniture(state, at) {
    const { least, most, widest, floor, bounds, symbol, legend } = REGIONS[state.region];
    const scale = scaleOf(state);
    const [left, right, base, top] = [at.v(0), at.v(1), at.y(0), at.top4];
    put(clip, { x: left, width: right - left, y: top, height: base - top });
    axis(layer.axes, "y", at.y, { left, right, count: 3 });
    const row = each(layer.axes, "g", "kl-axis kl-axis-v", [0]);
    put(row.selectAll("text").data([0, 0.25, 0.5, 0.75, 1]).join("text"), { x: at.v, y: base + 18, "text-anchor": "middle" }, String);
    const lines = [
      [0, top - 32, "start", "kl-title", `${symbol} against total variation`],
      [0, top - 14, "start", "kl-hint", legend],
      [right, base + 34, "end", "kl-hint", "TV(P,Q)"],
      ...(widest ? [[0.99, 0.16, "shaded: two outcomes"], [0.99, 0.04, "faint: more"]] : [[0.45, 0.7, "all pairs"]]).map(([v, y, text]) => [at.v(v), at.y(scale * floor * y), "end", "kl-of", text]),
    ];
    put(each(layer.titles, "text", "kl-zoo-said", lines), { x: ([x]) => x, y: ([, y]) => y, "text-anchor": ([, , anchor]) => anchor, class: ([, , , name]) => `${name} kl-zoo-said` }, (line) => line[4]);
    const line = (points) => curve(points.map(([v]) => Math.round(10 * at.v(v)) / 10), points.map(([, y]) => at.y(scale * y)));
    const between = (low, high) => `${line(low)}L${line([...high].reverse()).slice(1)}Z`;
    put(each(areas, "path", "kl-zoo-widest", [0]), { d: widest ? between(most, widest) : "" });
    put(each(areas, "path", "kl-zoo-reached", [0]), { d: between(least, most ?? [[0, 99], [1, 99]]) });
    put(each(areas, "path", "kl-zoo-bound", [[0, "7 4"], [1, "2 3"]]), { d: ([k]) => line(along((v) => Math.min(99, bounds(v)[k]))), "stroke-dasharray": ([, dashes]) => dashes });
  }

  function draw(state, numbers, at) {
    const y = numbers[REGIONS[state.region].number];
    const over = at.y(y) < at.top4;
    const [x, height] = [at.v(numbers.tv), over ? at.top4 : at.y(y)];
    put(each(panel, "path", "kl-zoo-pair", [0]), { d: over ? "M-7,0l7,-10l7,10Z" : "M-6,0a6,6 0 1 1 12,0a6,6 0 1 1 -12,0Z", transform: `translate(${Math.round(10 * x) / 10},${Math.round(10 * height) / 10})` });
    const end = numbers.tv > 0.55;
    put(each(panel, "text", "kl-net-label kl-ink-gain kl-zoo-here", [0]), { x: x + (end ? -11 : 11), y: Math.max(at.top4 + 12, height - 6), "text-anchor": end ? "end" : "start" }, `${number(numbers.tv, 3)}, ${number(y, 3)}`);
  }

  return { furniture, draw };
}
