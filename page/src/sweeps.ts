// The two sweeps, as they are written: u^i = f^i(α^i); P^n = I, P^j = Σ P^i J^{j→i}.
import { type Edge, type Entries, edgesOut, type Local, type Model, sizeOf } from "./model.js";

export interface Term extends Edge {
  /** P^i J^{j→i}, a row. */
  product: Entries;
}

export interface Sweep {
  values: Entries[];
  /** Of each node, the Jacobian in each of its parents. */
  jacobians: Entries[][];
  /** Of each node, P as a row; null where the output does not depend on it. */
  P: (Entries | null)[];
  terms: Term[][];
}

const entries = (given: number | Entries): Entries =>
  typeof given === "number" ? Float64Array.of(given) : given;

export function sweep(model: Model, locals: Local[], leaves: Map<number, Entries>): Sweep {
  const values: Entries[] = [];
  const jacobians: Entries[][] = [];
  model.nodes.forEach((node, i) => {
    const local = node.local === null ? undefined : locals[node.local];
    if (!local) {
      values.push(leaves.get(i) ?? new Float64Array(sizeOf(node)));
      jacobians.push([]);
      return;
    }
    const parents = node.parents.map((j) => {
      const value = values[j]!;
      return model.nodes[j]!.shape.length ? value : value[0]!;
    });
    values.push(entries(local.value(...parents)));
    const found = local.jacobian(...parents);
    jacobians.push(node.parents.map((_, slot) => entries(found[`p_${slot}`]!)));
  });
  return { values, jacobians, ...backward(model, jacobians) };
}

function backward(model: Model, jacobians: Entries[][]): Pick<Sweep, "P" | "terms"> {
  const P: (Entries | null)[] = model.nodes.map(() => null);
  const terms: Term[][] = model.nodes.map(() => []);
  const out = edgesOut(model);
  P[model.output] = new Float64Array(sizeOf(model.nodes[model.output]!));
  P[model.output]![model.entry] = 1;
  for (let j = model.output - 1; j >= 0; j--) {
    for (const edge of out[j]!) {
      const row = P[edge.child];
      if (row) terms[j]!.push({ ...edge, product: timesMatrix(row, jacobians[edge.child]![edge.slot]!) });
    }
    const products = terms[j]!.map((term) => term.product);
    if (products.length) P[j] = total(products);
  }
  return { P, terms };
}

function timesMatrix(row: Entries, matrix: Entries): Entries {
  const width = matrix.length / row.length;
  return Float64Array.from({ length: width }, (_, k) =>
    row.reduce((sum, factor, i) => sum + factor * matrix[i * width + k]!, 0),
  );
}

function total(rows: Entries[]): Entries {
  return rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0));
}
