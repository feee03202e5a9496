// All that is known of the node chosen: f^i, its local Jacobians, and P^j term by term.
import { formula, html, table } from "./elements.js";
import type { Entries, Model } from "./model.js";
import { equal } from "./numbers.js";
import type { Sweep } from "./sweeps.js";
import { array, found } from "./told.js";

const NUDGE = 0.01;

export function details(
  model: Model, sweep: Sweep, i: number, nudged: (leaf: number, entry: number, by: number) => number,
): HTMLElement {
  const node = model.nodes[i]!;
  const { digits } = model;
  const name = (k: number) => formula(`name ${k}`, model.nodes[k]!.name);
  const parts: (Node | string)[] = [
    html("h3", {}, name(i), ` (${node.kind}${node.shape.length ? `, ${node.shape.join(" × ")}` : ""})`),
    html("p", {}, formula(`formula ${i}`, node.name), " ", found(sweep.values[i]!, node.shape, digits)),
  ];
  if (node.parents.length) {
    const rows = node.parents.map((parent, slot): (Node | string)[] => {
      const matrix = sweep.jacobians[i]![slot]!;
      const shape = matrix.length === 1 ? [] : [sweep.values[i]!.length, sweep.values[parent]!.length];
      return [name(parent), formula(`jacobian ${i} ${slot}`, ""), array(matrix, shape, digits)];
    });
    parts.push(html("h4", {}, "Local Jacobians"), table(["of", "", "now"], rows));
  }
  const P = sweep.P[i];
  if (P && sweep.terms[i]!.length) {
    const rows = sweep.terms[i]!.map((term) => [
      formula(`term ${term.child} ${term.slot}`, `P J through ${model.nodes[term.child]!.name}`),
      array(term.product, shapeOf(term.product, node.shape), digits),
    ]);
    rows.push([html("strong", {}, formula(`P ${i}`, "P")), array(P, shapeOf(P, node.shape), digits)]);
    parts.push(html("h4", {}, "P, the sum over the edges that leave it"), table(["term", "now"], rows));
  } else if (!P) parts.push(html("p", {}, "The output does not depend on it: P = 0."));
  if (node.local === null && P) parts.push(check(model, sweep, i, P, nudged));
  return html("section", { class: "details", "aria-label": `About ${node.name}` }, ...parts);
}

const shapeOf = (value: Entries, shape: number[]) => (value.length === 1 ? [] : shape);

function check(
  model: Model, sweep: Sweep, leaf: number, P: Entries,
  nudged: (leaf: number, entry: number, by: number) => number,
): HTMLElement {
  const before = sweep.values[model.output]![model.entry]!;
  const said = html("output", {});
  const name = model.nodes[leaf]!.name;
  const button = html("button", { type: "button" }, `Nudge ${name} by ${NUDGE}`);
  button.addEventListener("click", () => {
    const predicted = P[0]! * NUDGE;
    const measured = nudged(leaf, 0, NUDGE) - before;
    const { digits } = model;
    said.textContent = ` predicted: change ${equal(predicted, digits)}; measured ${equal(measured, digits)}`;
  });
  return html("p", { class: "nudge" }, button, said);
}
