// A page with what repeats itself left once, for axe: a chapter has thirty thousand elements, most of them within formulas.
(coloursOnly) => {
  const main = document.querySelector("main");
  const every = (selector) => [...document.querySelectorAll(selector)];
  const plain = (element) => [...element.attributes].every(({ name }) => name === "class" || name === "style");
  const unasked = (element) =>
    !element.querySelector("[id], [role], [tabindex], [href], [lang], [title]") && !element.innerHTML.includes("aria-");

  // A formula whose parts all look like it, and have nothing that a rule asks about, is a word in a box as large.
  // (Of single characters axe says nothing.) Large type may have less contrast, and is left as it is.
  const look = (element) => {
    const { color, backgroundColor, backgroundImage, opacity, visibility } = getComputedStyle(element);
    return [color, backgroundColor, backgroundImage, opacity, visibility].join();
  };
  const words = new Map();
  for (const formula of every(".katex-html")) {
    const { color, opacity, visibility, fontSize } = getComputedStyle(formula);
    const seen = [color, "rgba(0, 0, 0, 0)", "none", opacity, visibility].join();
    const alike = (part) => plain(part) && look(part) === seen;
    if (opacity !== "1" || parseFloat(fontSize) >= 24 || ![...formula.querySelectorAll("*")].every(alike)) continue;
    const { width, height } = formula.getBoundingClientRect();
    words.set(formula, `; display: inline-block; width: ${width}px; height: ${height}px`);
  }

  // Of words in the same type and colour on the same ground the first three are asked for their contrast; the others
  // become room, except where something has its name from them.
  const grounds = new Map([[null, ""]]);
  const ground = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, filter, mixBlendMode, opacity, position } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, filter, mixBlendMode, opacity, position].join();
      const bare = own === "rgba(0, 0, 0, 0),none,none,normal,1,static";
      grounds.set(element, ground(element.parentElement) + (bare ? "" : `/${own}`));
    }
    return grounds.get(element);
  };
  const references = [...document.querySelectorAll("[aria-labelledby], [aria-describedby]")]
    .flatMap((element) => ["aria-labelledby", "aria-describedby"].flatMap((name) => (element.getAttribute(name) ?? "").split(" ")))
    .filter(Boolean)
    .map((id) => `#${CSS.escape(id)}`);
  const names = [
    "a, button, caption, figcaption, h1, h2, h3, h4, h5, h6, label, legend, option, summary, textarea, th",
    "[role]:not([role=region], [role=group], [role=img])",
    ...references,
  ].join(", ");
  const kinds = new Map();
  const known = (element) => {
    const { color, fill, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const kind = [element.tagName, color, fill, fontSize, fontWeight, textShadow, ground(element)].join();
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return kinds.get(kind) > 3;
  };
  const room = new Set(); // of texts, and of formulas that are a word
  const walk = (part) => {
    for (const inner of part.childNodes) {
      if (inner.nodeType === Node.TEXT_NODE) {
        if (inner.data.trim() && !part.closest(names) && known(part)) room.add(inner);
      } else if (words.has(inner)) {
        if (!inner.closest(names) && known(inner)) room.add(inner);
      } else if (!inner.matches?.(".katex-mathml")) walk(inner);
    }
  };
  walk(main);

  // What scrolls still does, and something outside of its frame can be read: then a rule asks whether a keyboard gets there.
  const scrolling = new Map(
    (coloursOnly ? [] : every("main *:not(.katex *, svg, svg *)"))
      .filter((box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight)
      .filter((box) => /auto|scroll/.test(getComputedStyle(box).overflow))
      .map((box) => [box, { width: box.scrollWidth, out: null }]),
  );
  for (const part of room) {
    let box = part.parentElement;
    while (box && !scrolling.has(box)) box = box.parentElement;
    if (!box || scrolling.get(box).out) continue;
    const range = document.createRange();
    range.selectNodeContents(part);
    const { right, bottom } = range.getBoundingClientRect();
    const edge = box.getBoundingClientRect();
    if (right > edge.right + 1 || bottom > edge.bottom + 1) scrolling.get(box).out = part;
  }
  for (const { out } of scrolling.values()) room.delete(out);

  // Nothing has been changed so far, so that nothing has been laid out anew.
  const blank = (text) => text.replaceAll(/\S/g, "\u00a0");
  for (const [{ firstElementChild: inside }, { width }] of scrolling) if (inside) inside.style.minWidth = `${width}px`;
  // A formula stands in the page once more, for screen readers, who need no more of it than that it can be read.
  for (const formula of every(".katex-mathml math")) if (unasked(formula)) formula.textContent = "x";
  for (const [formula, box] of words) {
    formula.textContent = room.has(formula) ? blank("xyz") : "xyz";
    formula.style.cssText += box;
  }
  for (const text of room) if (text.nodeType === Node.TEXT_NODE) text.data = blank(text.data);
  // A drawing without text has its name, and within it nothing that a rule asks about.
  for (const drawing of every("svg.figure-svg")) {
    const asked = drawing.querySelector("a, foreignObject, image, text, title, [role], [tabindex]") || drawing.innerHTML.includes("aria-");
    if (!asked) drawing.replaceChildren();
  }
  // Room beside room is one, without marks and formulas in it; but a widget, and what scrolls, stays as large as it is.
  const empty = (part) => {
    if (part.nodeType === Node.TEXT_NODE) return !part.data.trim();
    if (part.nodeType !== Node.ELEMENT_NODE) return true;
    if (!part.matches("span, em, strong, b, i, code, sub, sup, cite, wbr, br")) return false;
    if (part.matches(".katex-mathml")) return unasked(part);
    return (plain(part) || part.matches(".katex-html")) && [...part.childNodes].every(empty);
  };
  const space = (part) =>
    part.nodeType === Node.TEXT_NODE ? blank(part.data) : part.matches?.(".katex") ? "" : [...part.childNodes].map(space).join("");
  const merge = (element) => {
    let before = null;
    for (const part of [...element.childNodes]) {
      if (!empty(part)) {
        before = null;
        if (!part.matches?.(".kl-widget, .math-display, svg, .katex") && (part.matches?.("pre") || !scrolling.has(part))) merge(part);
      } else if (before?.nodeType === Node.TEXT_NODE) {
        before.data += space(part);
        part.remove();
      } else {
        before = document.createTextNode(space(part));
        part.replaceWith(before);
      }
    }
  };
  merge(main);
}
