// The picture of the graph: its numbers live, its nodes and edges to be chosen.
import { formula, svg } from "./elements.js";
import type { Entries, Model } from "./model.js";
import { equal, written } from "./numbers.js";
import type { State } from "./state.js";
import type { Sweep } from "./sweeps.js";
import { found } from "./told.js";

interface Place {
  /** The group that is filled, and the room that its first content took. */
  group: SVGGElement;
  x: number;
  y: number;
  width: number;
  height: number;
  colour: string;
  /** How wide a line may be. */
  room: number;
}

const MOST = 24;
/** Entries that are written; more are shown as colours. */

export class Picture {
  private readonly nodes: (SVGGElement | null)[];
  private readonly places = new Map<string, Place>();

  constructor(
    root: SVGSVGElement,
    private readonly model: Model,
    choose: (node: number) => void,
  ) {
    this.nodes = model.nodes.map((node) =>
      root.querySelector<SVGGElement>(`g.node[data-node="${CSS.escape(node.name)}"]`),
    );
    root.removeAttribute("role");
    this.nodes.forEach((group, i) => {
      if (!group) return;
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", "button");
      group.addEventListener("click", () => choose(i));
      group.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(i);
      });
      this.find(group, `value ${i}`, "value");
      this.find(group, `P ${i}`, "P");
    });
    for (const group of root.querySelectorAll<SVGGElement>("g.jacobian[data-of]")) {
      this.find(group, `J ${group.dataset["of"]} ${group.dataset["slot"]}`, "jacobian_value");
    }
  }

  private find(group: SVGGElement, key: string, role: string): void {
    const live = group.querySelector<SVGGElement>(`g.live.${role}`);
    if (!live) return;
    const { x, y, width, height } = live.getBBox();
    const colour = live.querySelector("[fill]")?.getAttribute("fill") ?? "currentColor";
    const card = group.querySelector<SVGGraphicsElement>(":scope > rect, :scope > path");
    const room = role === "jacobian_value" ? width + 30 : (card?.getBBox().width ?? width) - 12;
    live.replaceChildren();
    this.places.set(key, { group: live, x, y, width, height, colour, room });
  }

  show(state: State, sweep: Sweep): void {
    const { model } = this;
    const isFound = (kind: "value" | "P", i: number) => state.step >= stepOf(model, kind, i);
    model.nodes.forEach((node, i) => {
      const isSeen = isFound("value", i);
      const name = node.local === null ? `name ${i}` : "";
      this.write(`value ${i}`, isSeen ? sweep.values[i]! : null, node.shape, name);
      this.write(`P ${i}`, isFound("P", i) ? sweep.P[i]! : null, node.shape, `P ${i}`);
      const group = this.nodes[i];
      if (group) group.querySelector(":scope > title")!.textContent = this.said(i, sweep);
      group?.classList.toggle("chosen", state.chosen === i);
      group?.setAttribute("aria-pressed", String(state.chosen === i));
      group?.classList.toggle("waits", !isSeen);
      node.parents.forEach((parent, slot) => {
        const of = `${model.nodes[parent]!.name}->${node.name}`;
        const used = isFound("P", parent) && sweep.P[i] !== null;
        const jacobian = used ? sweep.jacobians[i]![slot]! : null;
        const shape = [sweep.values[i]!.length, sweep.values[parent]!.length];
        this.write(`J ${of} ${slot}`, jacobian, jacobian?.length === 1 ? [] : shape, "");
      });
    });
    const step = model.steps[state.step]!;
    const now = "node" in step ? step.node : -1;
    this.nodes.forEach((group, i) => group?.classList.toggle("now", i === now));
  }

  /** What a node is in words: read aloud, and shown where the pointer rests. */
  private said(i: number, sweep: Sweep): string {
    const { nodes, digits } = this.model;
    const { name, kind, shape } = nodes[i]!;
    const P = sweep.P[i];
    const derived = P ? `; P ${found(P, shape, digits)}` : "";
    return `${kind} ${name} ${found(sweep.values[i]!, shape, digits)}${derived}`;
  }

  private write(key: string, value: Entries | null, shape: number[], symbol: string): void {
    const place = this.places.get(key);
    if (!place) return;
    place.group.replaceChildren();
    if (value === null) return;
    const { digits } = this.model;
    const rows = shape.length === 1 ? value.length : shape.length === 2 ? shape[0]! : 1;
    if (value.length === 1) line(place, symbol, equal(value[0]!, digits));
    else if (value.length <= MOST) matrix(place, symbol, value, rows, digits);
    else heat(place, value, rows);
    place.group.setAttribute("fill", place.colour);
    place.group.style.color = place.colour;
  }
}

const SIZE = 15;
const CENTRED = { "text-anchor": "middle", "dominant-baseline": "central" };

/** A formula typeset for the page, as a part of the picture with its left end and middle there. */
function symbolAt(key: string, x: number, y: number): { drawn: SVGElement | null; width: number } {
  const drawn = key ? (formula(key, "") as DocumentFragment).querySelector?.("svg") ?? null : null;
  if (!drawn) return { drawn, width: 0 };
  const [width, height] = ["width", "height"].map((name) => parseFloat(drawn.getAttribute(name)!) * 0.85) as [number, number];
  for (const [name, is] of Object.entries({ x, y: y - height / 2, width, height })) drawn.setAttribute(name, String(is));
  return { drawn, width: width + 4 };
}

function line({ group, x, y, width, height, room }: Place, symbol: string, told: string): void {
  const middle = y + height / 2;
  const text = svg("text", { y: middle, "dominant-baseline": "central", "font-size": SIZE }, told);
  group.append(text);
  const wanted = text.getComputedTextLength();
  const own = Math.min(wanted, room - symbolAt(symbol, 0, middle).width);
  if (own < wanted) text.setAttribute("font-size", String((SIZE * own) / wanted));
  const before = symbolAt(symbol, 0, middle);
  const start = x + (width - before.width - own) / 2;
  text.setAttribute("x", String(start + before.width));
  if (before.drawn) {
    before.drawn.setAttribute("x", String(start));
    group.append(before.drawn);
  }
}

function matrix({ group, x, y, width, height }: Place, symbol: string, value: Entries, rows: number, digits: number): void {
  const before = symbolAt(symbol, x, y + height / 2);
  if (before.drawn) group.append(before.drawn);
  const all = [...value].map((entry) => written(entry, digits));
  const sign = all.every((one) => one.exact) ? "=" : "≈";
  group.append(svg("text", { x: x + before.width + 6, y: y + height / 2, ...CENTRED, "font-size": SIZE }, sign));
  const left = x + before.width + 18;
  const columns = value.length / rows;
  const [w, h] = [(x + width - left - 6) / columns, height / rows];
  const cells = all.map((one, k) => svg("text", {
    x: left + ((k % columns) + 0.5) * w, y: y + (Math.floor(k / columns) + 0.5) * h, ...CENTRED,
    "font-size": Math.min(11, h * 0.85),
  }, one.text));
  const bracket = (at: number, out: number) =>
    svg("path", { d: `M${at + out} ${y}H${at}V${y + height}H${at + out}`, fill: "none", stroke: "currentColor", "stroke-width": 1 });
  group.append(...cells, bracket(left - 3, 4), bracket(x + width, -4));
  const widest = Math.max(...cells.map((cell) => cell.getComputedTextLength()));
  if (widest > w - 3) cells.forEach((cell) => cell.setAttribute("font-size", String((Math.min(11, h * 0.85) * (w - 3)) / widest)));
}

function heat(place: Place, value: Entries, rows: number): void {
  const columns = value.length / rows;
  const largest = value.reduce((most, entry) => Math.max(most, Math.abs(entry)), 1e-300);
  const [w, h] = [place.width / columns, place.height / rows];
  value.forEach((entry, k) => {
    place.group.append(svg("rect", {
      x: place.x + (k % columns) * w, y: place.y + Math.floor(k / columns) * h, width: w, height: h,
      class: entry < 0 ? "below" : "above", "fill-opacity": Math.abs(entry) / largest,
    }));
  });
}

/** The step in which a value or P is found. */
function stepOf(model: Model, kind: "value" | "P", node: number): number {
  if (kind === "value" && model.nodes[node]!.local === null) return 0;
  const sweep = kind === "value" ? "forward" : "backward";
  const found = model.steps.findIndex((step) => step.sweep === sweep && "node" in step && step.node === node);
  return found < 0 ? Infinity : found;
}
