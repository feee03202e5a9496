// Numbers as the pictures write them: four digits that count, ≈ where there are more.

export interface Written {
  text: string;
  exact: boolean;
}

export function written(value: number, digits: number): Written {
  if (Number.isNaN(value)) return { text: "not defined", exact: true };
  if (!Number.isFinite(value)) return { text: String(value).replace("Infinity", "∞"), exact: true };
  const short = Number(value.toPrecision(digits));
  const exact = Math.abs(short - value) <= 4e-15 * Math.abs(value);
  const size = Math.abs(short);
  const text = size !== 0 && (size < 1e-3 || size >= 1e6) ? scientific(short) : String(short);
  return { text: text.replace("-", "−"), exact };
}

export const equal = (value: number, digits: number): string => {
  const { text, exact } = written(value, digits);
  return Number.isNaN(value) ? text : `${exact ? "=" : "≈"} ${text}`;
};

function scientific(value: number): string {
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  const raised = [...exponent.replace("+", "")].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  return mantissa === "1" ? `10${raised.join("")}` : `${mantissa}·10${raised.join("")}`;
}
