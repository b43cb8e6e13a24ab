/** Reading what was typed, and judging it. Pure functions: no DOM, no eval. */

const FUNCTIONS = new Map([["ln", Math.log], ["log", Math.log], ["log2", Math.log2], ["log10", Math.log10], ["exp", Math.exp], ["sqrt", Math.sqrt]]);
const CONSTANTS = new Map([["pi", Math.PI], ["π", Math.PI], ["e", Math.E]]);
const NATS_PER_UNIT = { nats: 1, bits: Math.LN2 };
const LONGEST = 120;
const TOKEN = /\s*(?:(\d+(?:[.,]\d*)?(?:e[+-]?\d+)?|[.,]\d+(?:e[+-]?\d+)?)|(log(?:2|10)(?!\d)|[a-zπ]+)|([-+*/^()%]))/iy;

class Unreadable extends Error {}

/** One writing for what readers and keyboards write differently. */
const plain = (text) => text.trim()
  .replace(/[−–]/g, "-").replace(/[×·⋅]/g, "*").replace(/[÷∕⁄]/g, "/").replace(/\*\*/g, "^").replace(/√/g, "sqrt ")
  .replace(/½/g, "(1/2)").replace(/¼/g, "(1/4)").replace(/²/g, "^2").replace(/₂/g, "2").replace(/₁₀/g, "10");

const singular = (unit) => unit.replace(/s$/, "");

/** Take the unit off the end: [rest, unit or ""]. */
function splitUnit(text, asked) {
  const units = ["nats", "bits", ...(asked ? [asked] : [])];
  for (const unit of units) {
    const end = new RegExp(`^(.*[^a-z])(${unit}|${singular(unit)})\\.?$`, "i").exec(text);
    if (end) return [end[1].trim(), unit];
  }
  return [text, ""];
}

/**
 * @typedef {object} Reading
 * @property {number} value in the unit that was typed, or in the one asked for
 * @property {string} unit the unit the value is in
 * @property {string} echo the expression as it was understood
 * @property {?{decimals: number, significant: number}} digits how far a plain number was written out
 * @property {string} [error] instead of all these, what cannot be read
 *
 * @param {string} text @param {string} asked the unit asked for, or "" @returns {Reading}
 */
export function read(text, asked = "") {
  try {
    if (text.length > LONGEST) throw new Unreadable("That is too long to be a number.");
    const [body, typedUnit] = splitUnit(plain(text), asked);
    if (body === "") throw new Unreadable("Type a number first.");
    const unit = typedUnit || asked;
    if (typedUnit && unit !== asked && !(unit in NATS_PER_UNIT && asked in NATS_PER_UNIT)) {
      throw new Unreadable(asked ? `The answer is in ${asked}, not in ${typedUnit}.` : `The answer has no unit; leave out “${typedUnit}”.`);
    }
    const infinite = /^([-+]?)\s*(?:inf|infinity|infinite|∞)$/i.exec(body);
    if (infinite) return { value: infinite[1] === "-" ? -Infinity : Infinity, unit, echo: `${infinite[1] === "-" ? "−" : ""}∞`, digits: null };
    const { value, echo } = parse(tokens(body));
    if (Number.isNaN(value)) throw new Unreadable("That has no value: is there a logarithm or a root of a negative number?");
    if (!Number.isFinite(value)) throw new Unreadable("That divides by zero or grows beyond all bounds. For an infinite answer type inf.");
    return { value, unit, echo, digits: writtenDigits(body) };
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message };
    throw error;
  }
}

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const rest = text.slice(at).trim();
      if (rest === "") break;
      throw new Unreadable(`“${rest[0]}” does not belong in a number.`);
    }
    const [, number, name, sign] = match;
    if (number) found.push({ kind: "number", text: number.replace(",", ".") });
    else if (name) found.push({ kind: "name", text: name.toLowerCase() });
    else found.push({ kind: sign, text: sign });
  }
  return found;
}

/**
 * Recursive descent over  sum = product {± product},  product = signed {*|/ signed},  signed = {±} power,
 * power = atom {%} [^ signed],  atom = number | constant | function atom-or-power | (sum).
 * A product sign may be left out before a name or a bracket: 0.8 ln(8/7).
 */
function parse(list) {
  let at = 0;
  const next = () => list[at]?.kind;
  const take = () => list[at++];
  const expected = (what) => new Unreadable(at < list.length ? `“${list[at].text}” stands where ${what} should be.` : `Something is missing at the end: ${what}.`);

  function sum() {
    let left = product();
    while (next() === "+" || next() === "-") {
      const sign = take().kind;
      const right = product();
      left = { value: sign === "+" ? left.value + right.value : left.value - right.value, echo: `${left.echo} ${sign === "+" ? "+" : "−"} ${right.echo}` };
    }
    return left;
  }
  function product() {
    let left = signed();
    while (["*", "/", "(", "name"].includes(next())) {
      const divide = next() === "/";
      if (next() === "*" || divide) take();
      const right = signed();
      left = { value: divide ? left.value / right.value : left.value * right.value, echo: `${left.echo}${divide ? "/" : "·"}${right.echo}` };
    }
    return left;
  }
  function signed() {
    if (next() === "+") { take(); return signed(); }
    if (next() !== "-") return power();
    take();
    const { value, echo } = signed();
    return { value: -value, echo: `−${echo}` };
  }
  function power() {
    let base = atom();
    while (next() === "%") { take(); base = { value: base.value / 100, echo: `${base.echo}%` }; }
    if (next() !== "^") return base;
    take();
    const exponent = signed();
    return { value: base.value ** exponent.value, echo: `${base.echo}^${exponent.echo}` };
  }
  function atom() {
    if (next() === "number") {
      const { text } = take();
      return { value: Number(text), echo: text };
    }
    if (next() === "(") {
      take();
      const { value, echo } = sum();
      if (next() !== ")") throw expected("a closing bracket");
      take();
      return { value, echo: `(${echo})` };
    }
    if (next() !== "name") throw expected("a number");
    const { text } = take();
    if (CONSTANTS.has(text)) return { value: CONSTANTS.get(text), echo: text === "pi" ? "π" : text };
    if (!FUNCTIONS.has(text)) throw new Unreadable(`“${text}” is not known. Known are ln, log2, log10, exp, sqrt, pi, e and inf.`);
    const name = text === "log" ? "ln" : text;
    if (!["number", "name", "(", "-", "+"].includes(next())) throw expected(`what ${text} is taken of`);
    const argument = next() === "(" ? atom() : signed();
    return { value: FUNCTIONS.get(text)(argument.value), echo: `${name}${argument.echo.startsWith("(") ? argument.echo : `(${argument.echo})`}` };
  }

  const whole = sum();
  if (at < list.length) throw expected("an operator");
  return whole;
}

/** How many decimals and significant digits a plain number has; null for an expression. */
function writtenDigits(text) {
  const match = /^[-+]?\s*(\d*)(?:[.,](\d*))?(?:e([-+]?\d+))?\s*(%?)$/i.exec(text);
  if (!match) return null;
  const [, whole, fraction = "", exponent = "0", percent] = match;
  return { decimals: fraction.length - Number(exponent) + (percent ? 2 : 0), significant: (whole + fraction).replace(/^0+/, "").length };
}

/** @typedef {{answer: number, unit: string, tolerance: number, wrong: [number, string][], otherwise: string}} Exercise */

/** The exercise as the page or the kernel hands it over: JSON has no infinity, so it comes as the text "inf". */
export function exerciseOf(get) {
  const value = (portable) => (typeof portable === "string" ? (portable.startsWith("-") ? -Infinity : Infinity) : portable);
  return { answer: value(get("answer")), unit: get("unit"), tolerance: get("tolerance"), otherwise: get("otherwise"), wrong: get("wrong").map(([x, message]) => [value(x), message]) };
}

/**
 * The verdict on a reading.
 * kind: "right"; "named" a known wrong answer; "rounded" right but cut too short; "close"; "off" any other.
 * @param {Reading} reading @param {Exercise} exercise @returns {{kind: string, message: string}}
 */
export function judge(reading, { answer, unit, tolerance, wrong, otherwise }) {
  const factor = reading.unit === unit ? 1 : NATS_PER_UNIT[unit] / NATS_PER_UNIT[reading.unit]; // from the unit asked for to the one typed
  const typed = reading.value;
  const scale = Number.isFinite(answer) && answer !== 0 ? Math.abs(answer * factor) : 1;
  const within = (target) => (Number.isFinite(typed) && Number.isFinite(target)
    ? Math.abs(typed - target * factor) <= tolerance * (Math.abs(target * factor) || scale) * (1 + 1e-9)
    : typed === target);
  if (within(answer)) return { kind: "right", message: confirmation(answer, unit) };

  const hit = wrong.find(([value]) => within(value)) ?? (shortened(reading, answer * factor) ? null : wrong.find(([value]) => shortened(reading, value * factor)));
  if (hit) return { kind: "named", message: hit[1] };
  if (!Number.isFinite(answer)) return { kind: "off", message: otherwise || "Write down every term with both of its probabilities before adding anything." };
  if (!Number.isFinite(typed)) return { kind: "off", message: otherwise || "The answer is a finite number." };
  if (shortened(reading, answer * factor)) return { kind: "rounded", message: `Rounded too much: give at least ${digitsFor(tolerance)} significant digits.` };
  return away(typed, answer * factor, otherwise);
}

/** Whether a plain number, written with two digits or more, is the target rounded or cut off. */
function shortened({ value, digits }, target) {
  if (!digits || digits.significant < 2 || !Number.isFinite(target) || value * target <= 0) return false;
  const unit = 10 ** -digits.decimals;
  const distance = Math.abs(target) - Math.abs(value);
  return distance >= -0.5000001 * unit && distance < unit;
}

const digitsFor = (tolerance) => Math.ceil(-Math.log10(tolerance) + 0.31);

/** The value as it stands in a sentence: six significant digits. */
export const shown = (x) => (Number.isFinite(x) ? String(Number(x.toPrecision(6))).replace("-", "−") : x > 0 ? "∞" : "−∞");

/** The exact value in the unit asked for; how a reading in another unit was converted stands above it. */
function confirmation(answer, unit) {
  if (!Number.isFinite(answer)) return "It is infinite.";
  return `It is ${shown(answer)}${unit && ` ${unit}`}.`;
}

/** How far off, and to which side, in words too coarse to give the answer away. */
function away(typed, target, otherwise) {
  const off = (message) => ({ kind: "off", message: otherwise ? `${message} ${otherwise}` : message });
  if (target === 0) return off("Too far from the answer.");
  if (typed === 0) return off("It is not zero.");
  if (typed * target < 0) return off(`The answer is ${target > 0 ? "positive" : "negative"}.`);
  const ratio = typed / target;
  const side = ratio > 1 ? "large" : "small";
  const far = Math.max(ratio, 1 / ratio);
  if (far < 1.01) return { kind: "close", message: `A little too ${side}, by less than one per cent. Keep more digits on the way.` };
  if (far < 1.1) return off(`Too ${side}, by less than a tenth.`);
  if (far < 1.8) return off(`Too ${side}, by less than a factor of two.`);
  if (far < 2.2) return off(`Too ${side}, by about a factor of two.`); // also by just that, as where a half is forgotten
  if (far < 9) return off(`Too ${side}, by more than a factor of two.`);
  if (far < 11) return off(`Too ${side}, by about a factor of ten.`);
  return off(`Too ${side}, by more than a factor of ten.`);
}

/** What was understood, for the line under the box; "" where what was typed says it already. */
export function understood(reading, unit) {
  if (reading.error) return "";
  const inUnit = (x, name) => `${shown(x)}${name && ` ${name}`}`;
  const steps = [];
  if (reading.digits === null && Number.isFinite(reading.value)) steps.push(reading.echo);
  steps.push(inUnit(reading.value, reading.unit));
  if (reading.unit !== unit) steps.push(inUnit((reading.value * NATS_PER_UNIT[reading.unit]) / NATS_PER_UNIT[unit], unit));
  return steps.join(" = ");
}
