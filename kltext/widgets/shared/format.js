/** Numbers and names as the reader sees them. Pure functions, no DOM. */

export const superscript = (text) => text.replace(/./g, (c) => ({ "-": "⁻", "+": "" })[c] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
const minus = (text) => text.replace("-", "−");

/** The labels in at most `room` characters each, from their beginnings if that tells them apart, else from their ends, else as letters. */
export function shorten(labels, room) {
  const cut = (part, mark) => (text) => {
    const letters = [...text];
    return letters.length <= room ? text : mark(part(letters).join(""));
  };
  const few = room < 5; // no room for an ellipsis
  const fewest = Math.max(1, room);
  const heads = few ? cut((letters) => letters.slice(0, fewest), String) : cut((letters) => letters.slice(0, room - 2), (text) => `${text.trim()}…`);
  const tails = few ? cut((letters) => letters.slice(-fewest), String) : cut((letters) => letters.slice(2 - room), (text) => `…${text.trim()}`);
  const apart = (names) => names.every((name, i) => names.every((other, j) => name !== other || labels[i] === labels[j]));
  return [labels.map(heads), labels.map(tails)].find(apart) ?? labels.map((_, i) => String.fromCharCode(65 + i));
}

/** True where four decimals would hide the number. */
export const isTiny = (x) => x !== 0 && Math.abs(x) < 0.0005;

/** 0.3681, −0.0811, 2.50·10⁻⁷, ∞. */
export function number(x, decimals = 4) {
  if (Number.isNaN(x)) return "undefined";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x !== 0 && (Math.abs(x) >= 1e6 || Math.abs(x) < 0.5 * 10 ** -Math.max(3, decimals - 1))) {
    const [digits, exponent] = x.toExponential(2).split("e");
    return `${minus(digits)}·10${superscript(exponent)}`;
  }
  return minus(x.toFixed(decimals));
}

/** The same with a sign always: +0.529. */
export const signed = (x, decimals = 3) => (x > 0 ? "+" : "") + number(x, decimals);

/** A probability: two decimals where they say all, three otherwise; certainty without any. */
export const probability = (x) => (x === 0 || x === 1 ? String(x) : number(x, Math.abs(x * 100 - Math.round(x * 100)) < 1e-9 ? 2 : 3));

/** The number for a screen reader. */
export const spoken = (x, decimals = 3) =>
  Number.isNaN(x) ? "undefined" : !Number.isFinite(x) ? (x > 0 ? "infinite" : "minus infinity") : isTiny(x) ? x.toExponential(2) : String(Number(x.toFixed(decimals)));

/** An amount of information for a screen reader: 0.531 bits, 1 bit, infinite; without a unit the number alone. */
export const spokenAmount = (x, unit) => {
  const said = spoken(x);
  return x === Infinity || !unit ? said : `${said} ${said === "1" ? unit.replace(/s$/, "") : unit}`;
};

/** A sum beside its bar, where six characters fit: three decimals, fewer for large ones. */
export const total = (x) => number(x, x < 100 ? 3 : x < 1000 ? 1 : 0);

/** The format with which Python prints x as `number` shows it. */
export const pythonFormat = (x) => (Number.isFinite(x) && x !== 0 && (Math.abs(x) >= 1e6 || Math.abs(x) < 0.0005) ? ".2e" : ".4f");

/** Python source of a list of numbers or strings. */
export const pythonList = (values) => `[${values.map((value) => (typeof value === "number" ? pythonNumber(value) : JSON.stringify(value))).join(", ")}]`;

/** Python source of a float. */
export const pythonNumber = (x) => (Number.isInteger(x) && Math.abs(x) < 1e15 ? x.toFixed(1) : String(x));
