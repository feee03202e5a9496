// Gradient descent: θ ← θ − η ∂L/∂θ for all parameters, with the losses so far.
import { html, svg } from "./elements.js";
import { equal } from "./numbers.js";

const [WIDTH, HEIGHT] = [280, 90];

export class Descent {
  readonly element: HTMLElement;
  private readonly losses: number[] = [];
  private readonly curve = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "curve" });
  private readonly said = html("output", {});
  private readonly rate: HTMLInputElement;

  constructor(
    private readonly digits: number,
    acts: { step: (many: number) => void; undo: () => void; reset: () => void; rate: (rate: number) => void },
  ) {
    const button = (label: string, act: () => void) => {
      const made = html("button", { type: "button" }, label);
      made.addEventListener("click", act);
      return made;
    };
    this.rate = html("input", { type: "number", min: 0, step: "any", "aria-label": "Learning rate" });
    this.rate.addEventListener("input", () => this.rate.valueAsNumber > 0 && acts.rate(this.rate.valueAsNumber));
    this.element = html("section", { class: "descent", "aria-label": "Gradient descent" },
      html("h3", {}, "Gradient descent"),
      html("p", {}, html("label", {}, "η ", this.rate), " ",
        button("One step", () => acts.step(1)), button("Ten", () => acts.step(10)),
        button("Undo", acts.undo), button("Reset", acts.reset)),
      this.curve, html("p", {}, this.said),
    );
  }

  /** Take note of the loss after each of some steps; none begins anew. */
  note(losses: number[] | null): void {
    if (losses === null) this.losses.length = 0;
    else this.losses.push(...losses);
  }

  forget(): void {
    this.losses.pop();
  }

  show(rate: number, loss: number): void {
    if (document.activeElement !== this.rate) this.rate.value = String(rate);
    const all = [...this.losses, loss].filter(Number.isFinite);
    this.said.textContent = `${this.losses.length} ${this.losses.length === 1 ? "step" : "steps"}, loss ${equal(loss, this.digits)}`;
    this.curve.replaceChildren(svg("title", {}, `Loss after each of ${this.losses.length} steps`));
    this.curve.classList.toggle("empty", all.length < 2);
    if (all.length < 2) return;
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const x = (k: number) => 4 + (k * (WIDTH - 8)) / (all.length - 1);
    const y = (v: number) => HEIGHT - 6 - ((v - least) * (HEIGHT - 12)) / (most - least || 1);
    this.curve.append(svg("polyline", { points: all.map((v, k) => `${x(k)},${y(v)}`).join(" ") }));
  }
}
