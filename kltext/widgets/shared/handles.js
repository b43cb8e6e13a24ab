/**
 * Handles: SVG elements with role="slider" and data-kl-handle="id", moved by mouse, pen, finger and keyboard.
 * Where handles crowd, their 44 px targets overlap; a press takes the nearest one, of several in one place the one on top.
 */

const KEYS = {
  ArrowUp: { by: 1 }, ArrowRight: { by: 1, across: true }, ArrowDown: { by: -1 }, ArrowLeft: { by: -1, across: true },
  PageUp: { by: 10 }, PageDown: { by: -10 }, Home: { to: "least" }, End: { to: "most" },
};

const CROWDED = 4; // frames with several moves after which a hand is taken to send more of them than there are frames

/**
 * @param {SVGSVGElement} svg
 * @param {object} on
 * @param {(id: string) => void} on.begin a gesture starts: remember where from
 * @param {(id: string, dx: number, dy: number) => void} on.drag pixels moved since the gesture's start
 * @param {(id: string, step: {by?: number, to?: "least" | "most", across?: boolean}) => void} on.step a key, `across` if it points sideways; Shift makes steps ten times finer
 * @param {(id: string) => void} on.end
 * @param {AbortSignal} signal
 */
export function operateHandles(svg, on, signal) {
  let gesture = null;
  const handleOf = (event) => event.target.closest?.("[data-kl-handle]");
  const id = (handle) => handle.getAttribute("data-kl-handle");

  function nearest(x, y) {
    let best = null;
    let least = Infinity;
    for (const handle of svg.querySelectorAll("[data-kl-handle]")) {
      const box = (handle.querySelector("[data-kl-grip]") ?? handle).getBoundingClientRect();
      const distance = Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y);
      if (distance <= least) [best, least] = [handle, distance];
    }
    return best;
  }

  const mine = (event) => gesture?.pointer === event.pointerId;
  function follow(event) {
    const [dx, dy] = [event.clientX - gesture.x, event.clientY - gesture.y];
    if (dx === gesture.dx && dy === gesture.dy) return;
    Object.assign(gesture, { dx, dy });
    on.drag(gesture.handle, dx, dy);
  }
  /**
   * Some browsers tell of each move when it happens, and again when the frame is due. Where moves come one to a frame, they
   * are taken at once, so that they are drawn before their frame; of a hand that sends more of them, the last one will do.
   */
  function hasten(event) {
    if (!mine(event) || !gesture.alone) return;
    follow(event);
    svg.dispatchEvent(new Event("kl-moved", { bubbles: true }));
  }

  const listen = (type, listener, options = {}) => svg.addEventListener(type, listener, { signal, ...options });

  listen("pointerdown", (event) => {
    if (event.button !== 0 || !handleOf(event)) return;
    const handle = nearest(event.clientX, event.clientY);
    event.preventDefault();
    handle.focus({ preventScroll: true });
    svg.setPointerCapture(event.pointerId);
    gesture = { handle: id(handle), pointer: event.pointerId, x: event.clientX, y: event.clientY, dx: 0, dy: 0, crowded: 0 };
    svg.addEventListener("pointerrawupdate", hasten, { signal });
    svg.setAttribute("data-kl-dragging", gesture.handle);
    on.begin(gesture.handle);
  });
  // Parts of an SVG have no touch-action of their own: the page would scroll and take the gesture away.
  listen("touchstart", (event) => handleOf(event) && event.preventDefault(), { passive: false });
  listen("pointermove", (event) => {
    if (!mine(event)) return;
    follow(event);
    gesture.alone = event.getCoalescedEvents?.().length < 2;
    if (!gesture.alone && ++gesture.crowded === CROWDED) svg.removeEventListener("pointerrawupdate", hasten);
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    listen(type, (event) => {
      if (!mine(event)) return;
      const { handle } = gesture;
      gesture = null;
      svg.removeEventListener("pointerrawupdate", hasten);
      svg.removeAttribute("data-kl-dragging");
      on.end(handle);
    });
  }
  listen("keydown", (event) => {
    const handle = handleOf(event);
    const step = KEYS[event.key];
    if (!handle || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    on.step(id(handle), step.by && event.shiftKey ? { ...step, by: step.by / 10 } : step);
  });
}
