// The values of the leaves, to be changed: a number for each entry, a slider for the one in hand.
import { formula, html } from "./elements.js";
import { type Entries, type Model } from "./model.js";
import type { State } from "./state.js";

const MOST = 60;
/** Entries that are shown of one leaf. */

type Change = (leaf: number, entry: number, value: number) => void;

interface Field {
  leaf: number;
  numbers: HTMLInputElement[];
  slider: HTMLInputElement;
  /** The entry that the slider moves. */
  entry: number;
}

export class Leaves {
  readonly element = html("div", { class: "leaves" });
  private readonly fields: Field[] = [];

  constructor(model: Model, first: Map<number, Entries>, change: Change) {
    for (const [kind, title] of [["parameter", "Parameters"], ["input", "Inputs"]] as const) {
      const leaves = [...first].filter(([i]) => model.nodes[i]!.kind === kind);
      if (leaves.length) this.element.append(html("h3", {}, title));
      for (const [leaf, value] of leaves) this.element.append(this.field(model, leaf, value, change));
    }
  }

  private field(model: Model, leaf: number, value: Entries, change: Change): HTMLElement {
    const { name, shape } = model.nodes[leaf]!;
    const slider = html("input", { type: "range", step: "any" });
    const numbers = Array.from(value.slice(0, MOST), (_, entry) =>
      html("input", { type: "number", step: "any", "aria-label": shape.length ? `${name} ${placeOf(entry, shape)}` : name }),
    );
    const field: Field = { leaf, numbers, slider, entry: 0 };
    const hold = (entry: number) => {
      field.entry = entry;
      slider.setAttribute("aria-label", `${numbers[entry]!.getAttribute("aria-label")}, slider`);
      const reach = Math.max(2, 2 * Math.abs(value[entry]!));
      slider.min = String(value[entry]! - reach);
      slider.max = String(value[entry]! + reach);
      slider.value = numbers[entry]!.value;
      numbers.forEach((number, k) => number.classList.toggle("held", numbers.length > 1 && k === entry));
    };
    numbers.forEach((number, entry) => {
      number.addEventListener("focus", () => hold(entry));
      number.addEventListener("input", () => Number.isFinite(number.valueAsNumber) && change(leaf, entry, number.valueAsNumber));
    });
    slider.addEventListener("input", () => change(leaf, field.entry, Number(slider.valueAsNumber.toPrecision(3))));
    this.fields.push(field);
    hold(0);
    const columns = shape.length > 1 ? shape.at(-1)! : Math.min(numbers.length, 3);
    const grid = html("div", { class: numbers.length > 1 ? "entries" : "entry" }, ...numbers);
    grid.style.setProperty("--columns", String(columns));
    const more = value.length > MOST ? [html("p", { class: "faint" }, `and ${value.length - MOST} more entries`)] : [];
    return html("fieldset", {}, html("legend", {}, formula(`name ${leaf}`, name)), slider, grid, ...more);
  }

  show(state: State): void {
    for (const { leaf, numbers, slider, entry } of this.fields) {
      const value = state.leaves.get(leaf)!;
      numbers.forEach((number, k) => {
        if (document.activeElement !== number) number.value = String(Number(value[k]!.toPrecision(6)));
      });
      slider.valueAsNumber = value[entry]!;
    }
  }
}

/** The place of an entry as it is written: W (2, 1), counted from 1. */
function placeOf(entry: number, shape: number[]): string {
  const places: number[] = [];
  let rest = entry;
  for (const size of shape.toReversed()) {
    places.unshift((rest % size) + 1);
    rest = Math.floor(rest / size);
  }
  return `(${places.join(", ")})`;
}
