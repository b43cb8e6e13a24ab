/** RatioMicroscope: two distributions under the hand, their log-ratio, and what it adds up to. */
import { widget } from "../shared/app.js";
import { button, copyButton, h, readouts } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { operateHandles } from "../shared/handles.js";
import { measure, python, sane, withProbability } from "./math.js";
import { createView } from "./view.js";

const fields = { p: "numbers", q: "numbers", labels: "texts", locked: "numbers", unit: "word" };

function build(app) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const values = readouts([["kl_pq", "D(P‖Q)", "KL divergence"], ["kl_qp", "D(Q‖P)", "the other way"], ["entropy_p", "H(P)", "entropy"],
    ["cross_entropy_pq", "H(P,Q)", "cross-entropy"], ["js", "JS", "Jensen–Shannon"], ["tv", "TV", "total variation"]], number);
  app.root.append(h("div", { class: "kl-stage" }, svg), values.element, button("Reset", "reset", app.reset),
    copyButton("Copy Python", "copy-python", () => python(app.state), () => {}));
  const view = createView(svg);
  let before = null;
  const move = (id, value) => {
    const [which, i] = id.split(":");
    app.set({ [which]: withProbability(before[which], Number(i), value, app.state.locked) });
  };
  operateHandles(svg, {
    begin() { before = app.state; },
    drag(id, dx, dy) { move(id, before[id[0]][id.slice(2)] - dy / 170); },
    step(id, { by, to }) { before = app.state; move(id, by ? before[id[0]][id.slice(2)] + by / 100 : to === "least" ? 0 : 1); },
    end() {},
  }, app.signal);
  return (state, width) => {
    const { numbers } = measure(state);
    view(state, numbers, width);
    values.show(numbers);
  };
}

export default widget({ fields, sane, build });
