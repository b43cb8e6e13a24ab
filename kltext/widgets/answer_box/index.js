/** AnswerBox: takes a number, says what it understood, and names the mistake behind a wrong one. */
import { createView } from "./view.js";
import { exerciseOf, judge, read, understood } from "./math.js";
import { nextHint } from "./hints.js";
import { onSolvedChange, remember, solvedIds } from "./solved.js";

const BEFORE_A_HINT = 2;

function render({ model, el }) {
  const controller = new AbortController();
  const { signal } = controller;
  const id = model.get("exercise");
  const exercise = exerciseOf((name) => model.get(name));
  const tried = new Set();

  const view = createView({ id, unit: exercise.unit, tolerance: exercise.tolerance }, { onType, onSubmit, onHint });

  function onType() {
    view.clearVerdict();
    const reading = read(view.typed(), exercise.unit);
    view.showReading(reading.error || plainlyTyped(reading) ? "" : understood(reading, exercise.unit));
  }

  function onSubmit() {
    const reading = read(view.typed(), exercise.unit);
    save("typed", view.typed());
    if (reading.error) return view.showVerdict("error", reading.error);
    const { kind, message } = judge(reading, exercise);
    view.showVerdict(kind, message);
    if (kind === "right") {
      view.offerHint(null);
      save("solved", true);
      remember(id);
    } else if (kind === "named" || kind === "off") {
      tried.add(reading.value);
      save("attempts", tried.size);
      if (tried.size >= BEFORE_A_HINT) offer();
    }
  }

  function offer() {
    const hint = nextHint(el, id);
    view.offerHint(hint && `Open “${hint.title}”`);
  }

  function onHint() {
    const hint = nextHint(el, id);
    if (!hint) return;
    hint.details.open = true;
    const summary = hint.details.querySelector("summary");
    summary.scrollIntoView({ block: "center" });
    summary.focus({ preventScroll: true });
    offer();
  }

  /** A number typed as one reads it back needs no echo. */
  const plainlyTyped = (reading) => reading.digits !== null && reading.unit === exercise.unit && !/[,%e]/i.test(view.typed());

  function save(name, value) {
    if (model.get(name) === value) return;
    model.set(name, value);
    model.save_changes();
  }

  function follow() {
    view.type(model.get("typed") ?? "");
    onType();
  }

  const showSolved = () => view.showSolved(solvedIds().includes(id));
  onSolvedChange(showSolved, signal);
  model.on("change:typed", typedElsewhere);
  function typedElsewhere() {
    if (model.get("typed") !== view.typed()) follow();
  }
  follow();
  showSolved();
  el.replaceChildren(view.element);

  return () => {
    controller.abort();
    model.off("change:typed", typedElsewhere);
  };
}

export default { render };
