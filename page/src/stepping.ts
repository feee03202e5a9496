// Through the sweeps step by step: buttons, a scrubber, arrow keys, play.
import { html } from "./elements.js";
import type { Model } from "./model.js";

const PACE = 1200;

export class Stepping {
  readonly element: HTMLElement;
  private readonly scrubber: HTMLInputElement;
  private readonly count: HTMLElement;
  private readonly player: HTMLButtonElement;
  private timer: number | null = null;

  constructor(private readonly model: Model, private readonly go: (step: number) => void) {
    const last = model.steps.length - 1;
    this.scrubber = html("input", { type: "range", min: 0, max: last, step: 1, "aria-label": "Step of the sweeps" });
    this.scrubber.addEventListener("input", () => this.moved(this.scrubber.valueAsNumber));
    this.count = html("output", { class: "count" });
    this.player = this.button("▶", "Play", () => (this.timer === null ? this.play() : this.pause()));
    this.element = html("div", { class: "stepping", role: "group", "aria-label": "Steps" },
      this.button("|◀", "First step", () => this.moved(0)),
      this.button("◁", "Step back", () => this.moved(this.at - 1)),
      this.player,
      this.button("▷", "Step on", () => this.moved(this.at + 1)),
      this.button("▶|", "Last step", () => this.moved(last)),
      this.scrubber, this.count,
    );
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  private get at(): number {
    return this.scrubber.valueAsNumber;
  }

  private button(sign: string, label: string, act: () => void): HTMLButtonElement {
    const made = html("button", { type: "button", "aria-label": label, title: label }, sign);
    made.addEventListener("click", act);
    return made;
  }

  private pressed(event: KeyboardEvent): void {
    const on = event.target as HTMLElement;
    if (event.altKey || event.ctrlKey || event.metaKey || on.matches("input, select, textarea")) return;
    const to = { ArrowRight: this.at + 1, ArrowLeft: this.at - 1, Home: 0, End: this.model.steps.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.moved(to);
  }

  private moved(step: number): void {
    this.pause();
    this.go(Math.min(Math.max(step, 0), this.model.steps.length - 1));
  }

  private play(): void {
    const last = this.model.steps.length - 1;
    if (this.at === last) this.go(0);
    this.timer = window.setInterval(() => {
      this.go(this.at + 1);
      if (this.at === last) this.pause();
    }, PACE);
    this.player.textContent = "❚❚";
    this.player.setAttribute("aria-label", "Pause");
  }

  private pause(): void {
    if (this.timer === null) return;
    window.clearInterval(this.timer);
    this.timer = null;
    this.player.textContent = "▶";
    this.player.setAttribute("aria-label", "Play");
  }

  show(step: number): void {
    this.scrubber.value = String(step);
    this.count.textContent = `${step + 1} of ${this.model.steps.length}`;
  }
}
