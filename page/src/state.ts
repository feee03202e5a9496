// What the reader has chosen: the values of the leaves, the step, the node looked at. All of it
// stands behind # in the address, so that a link leads back to it.
import { type Entries, type Model, sizeOf } from "./model.js";

export interface State {
  leaves: Map<number, Entries>;
  step: number;
  chosen: number | null;
  rate: number;
}

export function initial(model: Model): State {
  const leaves = new Map<number, Entries>();
  model.nodes.forEach((node, i) => {
    if (node.local === null) leaves.set(i, Float64Array.from(node.value ?? new Array(sizeOf(node)).fill(0)));
  });
  return { leaves, step: model.steps.length - 1, chosen: null, rate: 0.1 };
}

const same = (a: Entries, b: Entries) => a.every((entry, k) => entry === b[k]);

export function toHash(model: Model, state: State): string {
  const first = initial(model);
  const said = new URLSearchParams();
  for (const [i, value] of state.leaves) {
    if (!same(value, first.leaves.get(i)!)) said.set(`v.${model.nodes[i]!.name}`, [...value].join(" "));
  }
  if (state.step !== first.step) said.set("step", String(state.step));
  if (state.chosen !== null) said.set("node", model.nodes[state.chosen]!.name);
  if (state.rate !== first.rate) said.set("rate", String(state.rate));
  return said.toString();
}

/** Return the state that an address tells of; what does not fit the graph is left out. */
export function fromHash(model: Model, hash: string): State {
  const state = initial(model);
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  for (const [key, text] of said) {
    const place = model.nodes.findIndex((node) => key === `v.${node.name}`);
    const entries = Float64Array.from(text.split(" "), Number);
    if (state.leaves.get(place)?.length === entries.length && entries.every(Number.isFinite)) {
      state.leaves.set(place, entries);
    }
  }
  const step = Number(said.get("step") ?? state.step);
  if (Number.isInteger(step) && step >= 0 && step < model.steps.length) state.step = step;
  const chosen = model.nodes.findIndex((node) => node.name === said.get("node"));
  state.chosen = chosen < 0 ? null : chosen;
  const rate = Number(said.get("rate") ?? state.rate);
  if (rate > 0 && Number.isFinite(rate)) state.rate = rate;
  return state;
}
