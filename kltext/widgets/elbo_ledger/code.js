/** Python that prints the numbers shown, for each kind of latent. Pure functions, no DOM. */
import { pythonFormat, pythonList, pythonNumber } from "../shared/format.js";

/** The numbers shown, each with its symbol. */
export const SYMBOLS = {
  bound: "ELBO", evidence: "log p(x)", gap: "KL(q‖p(z|x))", reconstruction: "E_q[log p(x|z)]", to_prior: "KL(q‖p(z))", energy: "E_q[log p(x,z)]", entropy: "H(q)",
};

/** A print of an expression in nats. */
const print = (said, expression, value, unit) => `print(f"${said} {${expression}${unit === "bits" ? " / np.log(2)" : ""}:${pythonFormat(value)}} ${unit}")`;
const prints = (expressions, numbers, unit) => Object.entries(SYMBOLS).map(([name, symbol]) => print(`${symbol} =`, expressions[name] ?? name, numbers[name], unit));

function states(state, { numbers, two }) {
  const found = Object.fromEntries(["bound", "evidence", "gap", "energy", "entropy"].map((name) => [name, `found.${name}`]));
  return [
    "import numpy as np",
    "from kltext import elbo, kl_divergence",
    "from kltext.elbo import importance_weighted_bound",
    "",
    `states = ${pythonList(state.labels)}`,
    `prior = np.array(${pythonList(state.prior)})`,
    `likelihood = np.array(${pythonList(state.likelihood)})  # p(x|z) of the x that was seen`,
    `q = np.array(${pythonList(state.q)})`,
    "",
    'with np.errstate(divide="ignore"):  # what is impossible has the logarithm -inf',
    "    log_likelihood = np.log(likelihood)",
    "    log_joint = np.log(prior) + log_likelihood",
    "found = elbo(log_joint, q)",
    "used = q > 0",
    "reconstruction = q[used] @ log_likelihood[used]",
    "",
    ...prints({ ...found, to_prior: "kl_divergence(q, prior)" }, numbers, state.unit),
    "",
    "# The importance-weighted bound of two samples: an average over all pairs.",
    "log_weights = log_joint[used] - np.log(q[used])",
    "pairs = [[importance_weighted_bound([a, b]) for a in log_weights] for b in log_weights]",
    print("with two samples", "q[used] @ pairs @ q[used]", two, state.unit),
    "",
  ].join("\n");
}

const LIKELIHOODS = { linear: "log_normal(x, z, noise)", square: "log_normal(x, z**2, noise)", count: "x * z - np.exp(z) - math.lgamma(x + 1)" };

function line({ mode, x, noise, mean, std, unit }, { numbers }) {
  return [
    ...(mode === "count" ? ["import math", ""] : []),
    "import numpy as np",
    "from kltext import gaussian_kl",
    "",
    "def log_normal(value, mean, std):",
    "    return -(((value - mean) / std) ** 2) / 2 - np.log(std * np.sqrt(2 * np.pi))",
    "",
    `x = ${pythonNumber(x)}  # what was seen${mode === "count" ? "" : `\nnoise = ${pythonNumber(noise)}`}`,
    `mean, std = ${pythonNumber(mean)}, ${pythonNumber(std)}  # q`,
    "",
    "# A grid so fine that its sums are the integrals.",
    "z = np.linspace(min(-10, mean - 10 * std), max(10, mean + 10 * std), 200_001)",
    "step = z[1] - z[0]",
    "log_prior = log_normal(z, 0, 1)",
    `log_likelihood = ${LIKELIHOODS[mode]}`,
    "log_joint = log_prior + log_likelihood",
    "evidence = np.logaddexp.reduce(log_joint) + np.log(step)",
    "log_q = log_normal(z, mean, std)",
    "q = np.exp(log_q) * step  # the mass of each grid point",
    "energy, entropy = q @ log_joint, -q @ log_q",
    "gap = q @ (log_q - (log_joint - evidence))",
    "",
    ...prints({ bound: "(energy + entropy)", reconstruction: "q @ log_likelihood", to_prior: "gaussian_kl(mean, std, 0.0, 1.0)" }, numbers, unit),
    "",
  ].join("\n");
}

/** @param {import("./math.js").State} state @param {object} measured */
export const write = (state, measured) => (state.mode === "states" ? states : line)(state, measured);
