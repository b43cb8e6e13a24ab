/** Small pieces of page, and the controls that all widgets share. */

/** An element with attributes (a function is an event listener, null leaves out) and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Write text only where it changed, so that nothing is laid out again for nothing, and into the text node that is there. */
export function setText(element, text) {
  const node = element.firstChild;
  if (node?.nodeType !== Node.TEXT_NODE || node.nextSibling) element.textContent = text;
  else if (node.data !== text) node.data = text;
}

/** The same for an attribute. */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** A quiet button; `action` becomes data-kl-action. */
export const button = (text, action, onClick, attributes = {}) =>
  h("button", { type: "button", class: "kl-button", "data-kl-action": action, click: onClick, ...attributes }, text);

/** One choice of a few, as joined radio buttons. Returns its element and `show(value)`. */
export function choice(uid, legend, name, options, onChange) {
  const inputs = Object.entries(options).map(([value, text]) => {
    const input = h("input", { type: "radio", name: `${uid}-${name}`, value, "data-kl-choice": `${name}:${value}`, change: () => onChange(value) });
    return [input, h("label", {}, input, h("span", {}, text))];
  });
  const element = h("fieldset", { class: "kl-choice" }, h("legend", { class: "kl-hidden" }, legend), ...inputs.map(([, label]) => label));
  return { element, show: (value) => inputs.forEach(([input]) => { if (input.checked !== (input.value === value)) input.checked = input.value === value; }) };
}

/** A menu of named states; shows its title while none is chosen. */
export function menu(title, names, onPick, action = "preset") {
  const select = h("select", { class: "kl-menu", "aria-label": title, "data-kl-action": action, change: () => { if (select.value !== "") onPick(Number(select.value)); } },
    h("option", { value: "" }, `${title} …`), ...names.map((name, i) => h("option", { value: i }, name)));
  return { element: select, show: (index) => { if (select.selectedIndex !== index + 1) select.selectedIndex = index + 1; } };
}

/** What a typed number or fraction is worth; NaN if it is none. */
function typedNumber(text) {
  const parts = text.split("/");
  if (parts.length > 2 || parts.some((part) => part.trim() === "") || Number(parts[1]) === 0) return NaN;
  return parts.map(Number).reduce((a, b) => a / b);
}

/** What was typed, as it stands in a sentence. */
const quoted = (text) => (text.length > 12 ? `${text.slice(0, 11)}…` : text).replace("-", "−");

/**
 * A typed number: takes effect on Enter or on leaving, and follows the state while not being typed in.
 * @param {string} label @param {Record<string, string>} attributes
 * @param {(value: number, typed: string) => string} onValue take a number; if not as it was typed, say so in a sentence
 * @param {(sentence: string, input: ?HTMLInputElement) => void} notice show that sentence, or with "" that all is well
 */
export function numberField(label, attributes, onValue, notice) {
  const input = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": label, class: "kl-number", ...attributes });
  let shown = "";
  let touched = false; // typed in since it last took effect: then nobody else writes in it
  const commit = () => {
    const text = input.value.trim().replace(",", ".").replace("−", "-");
    if (text === shown) {
      if (touched) notice("", input);
      touched = false;
      return;
    }
    touched = false;
    const value = typedNumber(text);
    shown = null;
    notice(onValue(value, quoted(text)) || (Number.isNaN(value) ? `${text ? `“${quoted(text)}”` : "An empty field"} is not a number; nothing was changed.` : ""), input);
  };
  input.addEventListener("input", () => { touched = true; });
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") commit(); });
  return {
    input,
    element: h("span", { class: "kl-cell" }, input), // a box of its own in the row, so that a new value is laid out alone
    show(text) {
      if (shown === text || (touched && document.activeElement === input)) return;
      shown = text;
      input.value = text;
    },
  };
}

/**
 * The numbers beside a picture: rows of [name, symbol, meaning].
 * Each stands in an element with data-kl-number and its full value in data-kl-value; one that is not given, without them, as `absent`.
 */
export function readouts(rows, format) {
  const cells = rows.map(([name]) => h("span", { "data-kl-number": name, class: "kl-value" }));
  const element = h("dl", { class: "kl-readouts" }, ...rows.map(([name, symbol, meaning], i) =>
    h("div", { class: `kl-readout kl-readout-${name}` }, h("dt", {}, h("span", { class: "kl-symbol" }, symbol), h("span", { class: "kl-meaning" }, meaning)), h("dd", {}, cells[i]))));
  const last = [];
  return {
    element,
    show(numbers, absent = "hidden") {
      rows.forEach(([name], i) => {
        const known = name in numbers; // what is not given is there to be asked for
        if (Object.is(last[i], known ? numbers[name] : absent)) return;
        last[i] = known ? numbers[name] : absent;
        for (const [attribute, value] of [["data-kl-number", name], ["data-kl-value", numbers[name]]]) {
          if (known) setAttribute(cells[i], attribute, value);
          else cells[i].removeAttribute(attribute);
        }
        const text = known ? format(numbers[name]) : absent;
        setText(cells[i], text);
        setAttribute(cells[i], "class", known ? (text.length > 7 ? "kl-value kl-long" : "kl-value") : "kl-value kl-unasked");
      });
    },
  };
}

/** A line read out politely once the reader pauses, so that a drag does not chatter. */
export function announcer(signal) {
  const element = h("p", { class: "kl-hidden", "aria-live": "polite", "aria-atomic": "true", "data-kl-announce": "" });
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return { element, say(text) { clearTimeout(timer); timer = setTimeout(() => setText(element, text), 500); } };
}

/** Put text on the clipboard, also from file:// and plain http. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const focused = document.activeElement;
    const area = h("textarea", { class: "kl-hidden", readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    focused?.focus({ preventScroll: true });
    if (!copied) throw new Error("the browser refuses the clipboard");
  }
}

/** A button that copies what `source()` returns and says so. */
export function copyButton(text, action, source, say) {
  let timer = 0;
  const element = button(text, action, async () => {
    let outcome = "Copied";
    try {
      await copy(source());
    } catch {
      outcome = "Not copied";
    }
    clearTimeout(timer);
    element.textContent = outcome;
    say(outcome);
    timer = setTimeout(() => { element.textContent = text; }, 1600);
  });
  return element;
}
