/** The parts of D3 that the widgets use, named in one place so that a page loads each once. */
export { ticks } from "d3-array";
export { select } from "d3-selection";
