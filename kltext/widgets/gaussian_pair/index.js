/** GaussianPair: two normal densities under the hand, their log-ratio, and the integrand of their divergence. */
import { widget } from "../shared/app.js";
import { readouts } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { klGaussian, sane } from "./math.js";

const fields = { mean_p: "number", std_p: "number", mean_q: "number", std_q: "number", log_scale: "flag", unit: "word" };

function build(app) {
  const values = readouts([["kl_pq", "D(P‖Q)", "KL divergence"]], number);
  app.root.append(values.element);
  return (state) => values.show({ kl_pq: klGaussian(state.mean_p, state.std_p, state.mean_q, state.std_q) });
}

export default widget({ fields, sane, build });
