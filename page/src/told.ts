// What is said of a step: its formula in symbols, then in numbers, then the number.
import { formula, html } from "./elements.js";
import type { Entries, Model, Step } from "./model.js";
import { equal, written } from "./numbers.js";
import type { Sweep } from "./sweeps.js";

const FEW = 6;

export function array(value: Entries, shape: number[], digits: number): string {
  if (value.length === 1 && !shape.length) return written(value[0]!, digits).text;
  if (value.length > 3 * FEW) {
    const [least, most] = [Math.min(...value), Math.max(...value)].map((v) => written(v, digits).text);
    return `${shape.join(" × ")} numbers from ${least} to ${most}`;
  }
  const all = [...value].map((entry) => written(entry, digits).text);
  const width = shape.at(-1) ?? 1;
  if (shape.length < 2) return `(${all.join(", ")})`;
  const rows = Array.from({ length: all.length / width }, (_, r) => all.slice(r * width, (r + 1) * width));
  return `(${rows.map((row) => row.join(", ")).join("; ")})`;
}

export function found(value: Entries, shape: number[], digits: number): string {
  if (value.length === 1) return equal(value[0]!, digits);
  return value.length > 3 * FEW ? `: ${array(value, shape, digits)}` : `= ${array(value, shape, digits)}`;
}

export function toldOf(model: Model, sweep: Sweep, step: Step, place: number): (Node | string)[] {
  const symbols = formula(`step ${place}`, plain(model, step));
  if (step.sweep === "given") return [symbols];
  const node = model.nodes[step.node]!;
  if (step.sweep === "forward") {
    return [symbols, " ", found(sweep.values[step.node]!, node.shape, model.digits)];
  }
  const P = sweep.P[step.node];
  if (!P) return [symbols]; // says that it is 0, and of which other nodes
  return [symbols, ...inNumbers(model, sweep, step.node), " ", found(P, node.shape, model.digits)];
}

function inNumbers(model: Model, sweep: Sweep, j: number): (Node | string)[] {
  const terms = sweep.terms[j]!;
  const scalar = terms.every((term) => term.product.length === 1 && sweep.P[term.child]!.length === 1);
  if (!terms.length || !scalar) return [];
  const factors = terms.map((term) => {
    const [P, J] = [sweep.P[term.child]![0]!, sweep.jacobians[term.child]![term.slot]![0]!];
    return `${bracketed(written(P, model.digits).text)} · ${bracketed(written(J, model.digits).text)}`;
  });
  return [" = ", html("span", { class: "numbers" }, factors.join(" + "))];
}

const bracketed = (text: string): string => (text.startsWith("−") ? `(${text})` : text);

export function plain(model: Model, step: Step): string {
  if (step.sweep === "given") return "the values given";
  const { name } = model.nodes[step.node]!;
  return step.sweep === "forward" ? name : `P[${name}]`;
}
