// The page: one state, shown by all its parts.
import { Descent } from "./descent.js";
import { details } from "./details.js";
import { html } from "./elements.js";
import { Leaves } from "./leaves.js";
import type { Entries, Local, Model } from "./model.js";
import { Picture } from "./picture.js";
import { fromHash, initial, type State, toHash } from "./state.js";
import { Stepping } from "./stepping.js";
import { sweep } from "./sweeps.js";
import { toldOf } from "./told.js";

declare const MODEL: Model;
declare const LOCALS: Local[];

function explore(model: Model, locals: Local[]): void {
  let state: State = fromHash(model, location.hash);
  let found = sweep(model, locals, state.leaves);
  const before: Map<number, Entries>[] = [];
  const loss = () => found.values[model.output]![model.entry]!;

  const caption = html("p", { class: "caption", "aria-live": "polite" });
  const about = html("div", {});
  const figure = document.querySelector<HTMLElement>("figure.explored")!;
  const picture = new Picture(figure.querySelector<SVGSVGElement>("svg")!, model, (node) => {
    state.chosen = state.chosen === node ? null : node;
    show();
  });
  const stepping = new Stepping(model, (step) => {
    state.step = step;
    show();
  });
  const leaves = new Leaves(model, initial(model).leaves, (leaf, entry, value) => {
    state.leaves = changed(state.leaves, leaf, entry, value);
    descent.note(null);
    before.length = 0;
    show();
  });
  const descent = new Descent(model.digits, {
    step(many) {
      for (let k = 0; k < many; k++) {
        before.push(state.leaves);
        descent.note([loss()]);
        state.leaves = descended(model, state, found.P);
        found = sweep(model, locals, state.leaves);
      }
      show();
    },
    undo() {
      const last = before.pop();
      if (!last) return;
      state.leaves = last;
      descent.forget();
      show();
    },
    reset() {
      state.leaves = initial(model).leaves;
      before.length = 0;
      descent.note(null);
      show();
    },
    rate(rate) {
      state.rate = rate;
      show();
    },
  });

  let address: number | undefined;
  function show(): void {
    found = sweep(model, locals, state.leaves);
    picture.show(state, found);
    stepping.show(state.step);
    leaves.show(state);
    descent.show(state.rate, loss());
    caption.replaceChildren(...toldOf(model, found, model.steps[state.step]!, state.step));
    about.replaceChildren(
      state.chosen === null
        ? html("p", { class: "faint" }, "Choose a node of the picture to see all about it.")
        : details(model, found, state.chosen, (leaf, entry, by) => {
            const value = state.leaves.get(leaf)![entry]! + by;
            const moved = sweep(model, locals, changed(state.leaves, leaf, entry, value));
            return moved.values[model.output]![model.entry]!;
          }),
    );
    window.clearTimeout(address);
    address = window.setTimeout(() => remember(`#${toHash(model, state)}`), 200);
  }

  figure.after(html("div", { class: "told" }, stepping.element, caption));
  document.querySelector("#panel")!.append(about, leaves.element, descent.element);
  window.addEventListener("hashchange", () => {
    state = fromHash(model, location.hash);
    show();
  });
  show();
}

/** Put the state behind the address, where the page has one of its own. */
function remember(hash: string): void {
  try {
    history.replaceState(null, "", hash === "#" ? location.pathname : hash);
  } catch {
    // a frame whose text came with it has no address
  }
}

function changed(leaves: Map<number, Entries>, leaf: number, entry: number, value: number): Map<number, Entries> {
  const entries = leaves.get(leaf)!.slice();
  entries[entry] = value;
  return new Map(leaves).set(leaf, entries);
}

/** θ − η ∂L/∂θ for each parameter. */
function descended(model: Model, state: State, P: (Entries | null)[]): Map<number, Entries> {
  const next = new Map(state.leaves);
  for (const [i, value] of state.leaves) {
    const gradient = P[i];
    if (model.nodes[i]!.kind !== "parameter" || !gradient) continue;
    next.set(i, value.map((entry, k) => entry - state.rate * gradient[k]!));
  }
  return next;
}

explore(MODEL, LOCALS);
