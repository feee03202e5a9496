// Elements of the page, made without text that is read as markup.

const SVG = "http://www.w3.org/2000/svg";

type Attributes = Record<string, string | number | boolean | null>;
type Child = Node | string;

function filled<E extends Element>(made: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** A copy of the formula that the page has typeset for a key, or the plain text. */
export function formula(key: string, plain: string): Node {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-formula="${CSS.escape(key)}"]`);
  return template ? template.content.cloneNode(true) : document.createTextNode(plain);
}

export const table = (heads: string[], rows: Child[][]): HTMLTableElement =>
  html("table", {},
    html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))),
    html("tbody", {}, ...rows.map((row) => html("tr", {}, ...row.map((cell) => html("td", {}, cell))))),
  );
