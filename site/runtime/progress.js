// Which exercises the reader has solved: kept in this browser alone, under one key that the answer boxes write as well
// (kltext/widgets/answer_box/solved.js). Shown beside each chapter in the contents and on each exercise; can be reset.
(() => {
  const KEY = "kltext:solved";
  const CHANGED = "kltext:solved";
  let memory = []; // where the browser refuses to store anything, it is remembered until the page is left

  const read = () => {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(stored) ? stored : [];
    } catch {
      return memory;
    }
  };
  const write = (ids) => {
    memory = ids;
    try {
      localStorage.setItem(KEY, JSON.stringify(ids));
    } catch {
      // Private browsing, or storage switched off.
    }
    dispatchEvent(new CustomEvent(CHANGED, { detail: { ids } }));
  };

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const button = (text, onClick) => {
    const made = element("button", { type: "button", class: "kl-progress-button" }, text);
    made.addEventListener("click", onClick);
    return made;
  };

  /** Beside each chapter with exercises: how many of them are solved. */
  const chapters = [...document.querySelectorAll("a[data-kl-exercises]")].map((link) => {
    const ids = link.dataset.klExercises.split(/\s+/).filter(Boolean);
    const seen = element("span", { "aria-hidden": "true" });
    const spoken = element("span", { class: "kl-progress-spoken" });
    const count = element("span", { class: "kl-progress-count" }, seen, spoken);
    if (ids.length) link.append(count);
    return { ids, show(solved) {
      const done = ids.filter((id) => solved.has(id)).length;
      seen.textContent = `${done === ids.length ? "✓ " : ""}${done}/${ids.length}`;
      spoken.textContent = ` ${done} of ${ids.length} exercises solved`;
      count.toggleAttribute("data-kl-complete", done === ids.length);
    } };
  });
  const all = [...new Set(chapters.flatMap(({ ids }) => ids))];

  /** At the foot of the contents: the sum, and the way to forget it, which asks once more. */
  const feet = [...document.querySelectorAll("[data-kl-progress]")].map((foot) => {
    const sum = element("p", { class: "kl-progress-sum" });
    const said = element("p", { class: "kl-progress-spoken", role: "status" });
    const reset = button("Reset", () => ask(true));
    const keep = button("Keep", () => { ask(false); reset.focus(); });
    const forget = button("Forget", () => {
      write([]);
      ask(false);
      said.textContent = "Forgotten: no exercise counts as solved.";
      sum.setAttribute("tabindex", "-1");
      sum.focus();
    });
    const question = element("div", { class: "kl-progress-question", role: "group", "aria-label": "Forget which exercises are solved?" },
      element("p", {}, "Forget which exercises are solved?"), forget, keep);
    question.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      keep.click();
    });
    const ask = (asking) => {
      question.hidden = !asking;
      reset.hidden = asking || !read().length;
      if (asking) keep.focus();
    };
    if (all.length) foot.append(sum, reset, question, said);
    ask(false);
    return { show(solved) {
      const done = all.filter((id) => solved.has(id)).length;
      sum.textContent = `${done} of ${all.length} exercises solved. Only this browser remembers it.`;
      if (question.hidden) reset.hidden = !solved.size;
    } };
  });

  /** On each exercise of the page: a mark once it is solved; and a box to tick where only the reader can tell. */
  const checked = new Set([...document.querySelectorAll('[data-kl-widget="answer_box"]')].map((box) => JSON.parse(box.dataset.klState).exercise));
  const exercises = [...document.querySelectorAll('.exercise[id^="ex-"]')].map((block) => {
    const id = block.id.slice("ex-".length);
    const mark = element("span", { class: "kl-solved-mark" }, element("span", { "aria-hidden": "true" }, "✓ "), "solved");
    (block.querySelector(".admonition-title") ?? block).append(mark);
    const tick = element("input", { type: "checkbox" });
    tick.addEventListener("change", () => {
      const others = read().filter((other) => other !== id);
      write(tick.checked ? [...others, id] : others);
    });
    if (!checked.has(id)) block.append(element("p", { class: "kl-solved-tick" }, element("label", {}, tick, " Mark as solved")));
    return { show(solved) {
      mark.hidden = !solved.has(id);
      tick.checked = solved.has(id);
    } };
  });

  const show = () => {
    const solved = new Set(read());
    for (const part of [...chapters, ...feet, ...exercises]) part.show(solved);
  };
  addEventListener(CHANGED, ({ detail }) => {
    memory = detail?.ids ?? memory;
    show();
  });
  addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) show();
  });
  show();
})();
