/** The book's recurring picture, small: the densities, their log-ratio r, and the signed contributions q·r, whose area is the KL. */
import { ticks } from "../shared/d3.js";
import { area, axis, curve, each, magnified, put, titles } from "../shared/stage.js";
import { density, logRatio } from "./math.js";
import { brief } from "./plane.js";

const even = Array.from({ length: 81 }, (_, i) => i / 80);
const fine = Array.from({ length: 33 }, (_, i) => (i - 16) / 4.5);

export function createPanel(layer, hatching, clips) {
  const path = (name, clip) => layer.bars.append("path").attr("class", name).attr("clip-path", clip);
  const [, , , top, middle] = clips.urls;
  const drawn = {
    p: path("kl-curve kl-curve-p", top), q: path("kl-bar-q", top), r: path("kl-curve kl-curve-r", middle),
    gain: path("kl-area kl-gain"), loss: path("kl-area kl-loss").attr("fill", hatching), c: path("kl-curve kl-curve-c"),
  };

  function furniture({ ratio, share, floor }, at) {
    [at.density, at.r].forEach((scale, i) => put(clips[3 + i], { x: at.left, width: at.width - at.left, y: scale.range[1] - 2, height: scale.range[0] - scale.range[1] + 3 }));
    ["density", "r", "c"].forEach((name) => axis(layer.axes, name, at[name], { left: at.left, right: at.width, count: ticks(...at[name].domain, 2).length < 2 ? 3 : 2, ...brief(at[name]) }));
    const row = each(layer.axes, "g", "kl-axis kl-axis-x kl-axis-z", [0]);
    const data = ticks(...at.z.domain, at.narrow || at.z.domain[1] > 1000 ? 4 : 7);
    put(row.selectAll("line").data(data).join("line"), { x1: at.z, x2: at.z, y1: at.tops[0], y2: at.bottom });
    put(row.selectAll("text").data(data).join("text"), { x: at.z, y: at.bottom + 18, "text-anchor": (t) => (at.z(t) > at.width - 26 ? "end" : "middle") }, brief(at.z).format ?? ((t) => String(t).replace("-", "−")));
    titles(layer.notes, [
      [at.tops[0] - 14, [["densities of "], ["q", "kl-ink-q"], [" (dashed) and "], ["p", "kl-ink-p"]]],
      [at.tops[1] - 11, [["r = log q − log p", "kl-ink-r"], [magnified(ratio, 1, at.narrow), "kl-note"]]],
      [at.tops[2] - 11, [["contributions "], ["q·r", "kl-ink-gain"], [at.narrow ? ", area = KL" : ": their area is KL(q‖p)"], [magnified(share, floor, at.narrow), "kl-note"]]],
    ]);
  }

  function draw(state, at) {
    const { mean, log_var } = state;
    const [low, high] = at.z.domain;
    const std = Math.exp(log_var / 2);
    const zs = [...even.map((t) => low + (high - low) * t), ...fine, ...fine.map((t) => mean + t * std)].filter((z) => z >= low && z <= high).sort((a, b) => a - b);
    const across = zs.map((z) => Math.round(10 * at.z(z)) / 10);
    const qs = zs.map((z) => density(z, mean, log_var));
    const rs = zs.map((z) => logRatio(z, state));
    const shares = qs.map((q, i) => (q === 0 ? 0 : q * rs[i]));
    const heights = qs.map(at.density);
    put(drawn.q, { d: area(across, heights, at.density(0)) });
    put(drawn.p, { d: curve(across, zs.map((z) => at.density(density(z)))) });
    put(drawn.r, { d: curve(across, rs.map(at.r)) });
    put(drawn.gain, { d: area(across, shares.map((share) => at.c(Math.max(0, share))), at.c(0)) });
    put(drawn.loss, { d: area(across, shares.map((share) => at.c(Math.min(0, share))), at.c(0)) });
    put(drawn.c, { d: curve(across, shares.map(at.c)) });
  }

  return { furniture, draw };
}
