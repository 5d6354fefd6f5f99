// The magnifier: a round part of the picture, drawn again and larger.

const ZOOM = 2;
const RADIUS = 76;

/** Draw the lens of a scene, if it has one; `paint(matrix)` draws the picture, `matrix` is in CSS pixels. */
export function drawLens({ values: { lens } }, matrix, ratio, context, paint) {
  if (!lens) return;
  const { x, y } = lens;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.beginPath();
  context.arc(x, y, RADIUS, 0, Math.PI * 2);
  context.clip();
  context.fillStyle = "#000";
  context.fillRect(x - RADIUS, y - RADIUS, RADIUS * 2, RADIUS * 2);
  const larger = matrix.map((part) => part * ZOOM);
  larger[4] += x * (1 - ZOOM);
  larger[5] += y * (1 - ZOOM);
  paint(larger);
  context.restore();
  ring(context, ratio, x, y);
}

function ring(context, ratio, x, y) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.strokeStyle = "#cfd8df";
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, RADIUS, 0, Math.PI * 2);
  context.stroke();
}
