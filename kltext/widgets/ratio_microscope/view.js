import { select } from "../shared/d3.js";
import { linear as scaleLinear } from "../shared/scale.js";
/** First drawing. */
export function createView(svg) {
  return (state, numbers, width) => {
    const x = scaleLinear([0, state.p.length], [40, width - 10]);
    const y = scaleLinear([0, 1], [180, 10]);
    const all = state.p.flatMap((value, i) => [{ id: `p:${i}`, i, value, side: 0 }, { id: `q:${i}`, i, value: state.q[i], side: 1 }]);
    select(svg).attr("viewBox", `0 0 ${width} 200`).attr("width", width).attr("height", 200)
      .selectAll("rect").data(all, (d) => d.id).join("rect")
      .attr("data-kl-handle", (d) => d.id).attr("role", "slider").attr("tabindex", 0)
      .attr("aria-label", (d) => `${d.side ? "Q" : "P"} of ${state.labels[d.i]}`).attr("aria-valuenow", (d) => d.value).attr("aria-valuemin", 0).attr("aria-valuemax", 1)
      .attr("x", (d) => x(d.i + 0.1 + 0.4 * d.side)).attr("width", 0.4 * (x(1) - x(0))).attr("y", (d) => y(d.value)).attr("height", (d) => y(0) - y(d.value))
      .attr("fill", (d) => (d.side ? "var(--kl-q)" : "var(--kl-p)"));
  };
}
