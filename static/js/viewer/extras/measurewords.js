// What a measure says, in words. Pure: say(name, values) gives the page's own words, `plain(number)` writes a number.

// Standardized uptake value by body weight, in g/ml: how much of its tracer a PET picture shows.
const SUV = "SUVbw";

/** Return a function that writes numbers as the page's language does. */
export function numberWriter(language) {
  const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }));
  return (value, digits = 1) => formats[digits].format(value).replace(/^-0$/, "0");
}

/** Return the lines that stand at a measure on the picture of a series: { unit, suv_factor }. */
export function lines(result, series, say, plain) {
  return [...facts(result, series, say, plain), result.refusal ? say(`measure-${result.refusal}`) : ""].filter(Boolean);
}

function facts(result, series, say, plain) {
  const { length, degrees, area, kind } = result;
  if (length !== undefined) return [lengthWords(length, kind, say, plain)];
  if (degrees !== undefined) return [say("angle-words", { n: plain(degrees) })];
  if (result.value !== undefined) return [result.value === null ? say("measure-nothing") : valueWords(result.value, series, plain)];
  return [...valueLines(result, series, say, plain), area === undefined ? "" : say(`area-${kind}`, { n: plain(area) })];
}

// Under a microscope, what is shorter than a millimeter is told in micrometers.
function lengthWords(length, kind, say, plain) {
  if (kind !== "glass") return say(`length-${kind}`, { n: plain(length) });
  return length < 1 ? say("length-glass", { n: plain(length * 1000) }) : say("length-patient", { n: plain(length, 2) });
}

function valueLines({ values }, { unit, suv_factor: factor }, say, plain) {
  if (values === undefined) return [];
  if (values === null) return [say("measure-nothing")];
  const { mean, deviation, least, most } = values;
  const told = factor ? (value) => plain(value * factor, 2) : plain;
  return [
    say("values-mean", { mean: withUnit(told(mean), factor ? SUV : unit), deviation: told(deviation) }),
    say("values-range", { least: told(least), most: told(most) }),
  ];
}

function valueWords(value, { unit, suv_factor: factor }, plain) {
  const stored = withUnit(plain(value), unit);
  return factor ? `${withUnit(plain(value * factor, 2), SUV)} · ${stored}` : stored;
}

function withUnit(value, unit) {
  return [value, unit].filter(Boolean).join(" ");
}

/** Return the whole sentence of a measure for the list and for screen readers: "Distance: 12.3 mm". */
export function sentence({ kind }, result, series, say, plain) {
  const why = result.refusal ? say(`measure-${result.refusal}-why`) : "";
  return `${say(`measure-${kind}`)}: ${[...facts(result, series, say, plain), why].filter(Boolean).join(" · ")}`;
}
