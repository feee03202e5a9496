// What the page is given: the graph, and the local functions of its nodes.

export type Entries = Float64Array;

type Given = number | Entries;

export interface Local {
  /** The value for those of the parents: a number for (), else the entries, row by row. */
  value: (...parents: Given[]) => Given;
  /** The dense Jacobian in each parent, by p_0, p_1, …: a row for each entry of the value. */
  jacobian: (...parents: Given[]) => Record<string, Given>;
}

export interface GraphNode {
  name: string;
  index: number;
  kind: "input" | "parameter" | "computation";
  shape: number[];
  /** Places of the parents in the list of nodes. */
  parents: number[];
  /** Which local function it has; of leaves null. */
  local: number | null;
  /** What a leaf has at first. */
  value: number[] | null;
}

export type Step =
  | { sweep: "given" }
  | { sweep: "forward"; node: number }
  | { sweep: "backward"; node: number };

export interface Model {
  title: string;
  digits: number;
  nodes: GraphNode[];
  output: number;
  /** Which entry of the output is derived. */
  entry: number;
  steps: Step[];
}

export const sizeOf = (node: GraphNode): number => node.shape.reduce((size, n) => size * n, 1);

/** An edge is known by its child and by which of the child's parents it comes from. */
export interface Edge {
  parent: number;
  child: number;
  slot: number;
}

/** Return the edges that leave each node. */
export function edgesOut(model: Model): Edge[][] {
  const out: Edge[][] = model.nodes.map(() => []);
  model.nodes.forEach((node, child) =>
    node.parents.forEach((parent, slot) => out[parent]!.push({ parent, child, slot })),
  );
  return out;
}
