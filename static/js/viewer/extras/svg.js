// A drawing over the picture, in CSS pixels of the stage. Screen readers get the same in words elsewhere.

const SPACE = "http://www.w3.org/2000/svg";

/** Return an SVG element. */
export function shape(tag, attributes, text = "") {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

/** Return a layer on the stage; what is drawn on it never takes a finger or a pointer. */
export function createLayer(surface, name) {
  const layer = shape("svg", { class: `layer ${name}`, "aria-hidden": "true", focusable: "false" });
  surface.append(layer);
  return layer;
}

/** Return a function that calls `draw` once at the next animation frame, however often it is asked. */
export function oncePerFrame(draw) {
  let asked = 0;
  return () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
}
