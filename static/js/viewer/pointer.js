// Listens to mouse, pen, fingers and wheel on the stage and hands on what they mean.

import { Gestures } from "./gestures.js";

// Mice send large steps, trackpads many small ones.
const PIXELS_PER_LINE = 16;
const PIXELS_PER_FRAME = 40;
const NOTCH = 60;

/** `handle` is {intent(intent), frames(by), zoom(factor, point)}. */
export function listenToPointers(stage, handle) {
  const gestures = new Gestures();
  const at = (event) => {
    const { left, top } = stage.getBoundingClientRect();
    return {
      id: event.pointerId,
      x: event.clientX - left,
      y: event.clientY - top,
      button: event.button,
      isTouch: event.pointerType === "touch",
      time: event.timeStamp,
    };
  };
  const hand = (intents) => intents.forEach((intent) => handle.intent(intent));
  stage.addEventListener("pointerdown", (event) => {
    if (event.button > 2) return;
    if (event.button === 1) event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
    hand(gestures.down(at(event)));
  });
  stage.addEventListener("pointermove", (event) => hand(gestures.move(at(event))));
  stage.addEventListener("pointerup", (event) => hand(gestures.up(at(event))));
  stage.addEventListener("pointercancel", (event) => hand(gestures.cancel(at(event))));
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener("wheel", wheelListener(handle, at), { passive: false });
}

function wheelListener(handle, at) {
  let rest = 0;
  return (event) => {
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) && !event.shiftKey;
    if (isSideways) return;
    event.preventDefault();
    if (event.ctrlKey) return handle.zoom(wheelZoom(event), at(event));
    const [frames, left] = wheelFrames(event, rest);
    rest = left;
    return frames ? handle.frames(frames) : undefined;
  };
}

function pixels(event) {
  const delta = event.deltaY || (event.shiftKey ? event.deltaX : 0);
  return event.deltaMode === 1 ? delta * PIXELS_PER_LINE : event.deltaMode === 2 ? delta * 400 : delta;
}

/** Return [frames to move, what is left over for the next event]; `rest` is what the last event left. */
export function wheelFrames(event, rest) {
  const moved = pixels(event);
  const each = event.shiftKey ? 10 : 1;
  if (Math.abs(moved) >= NOTCH || event.deltaMode !== 0) return [Math.sign(moved) * each, 0];
  const sum = Math.sign(rest) === -Math.sign(moved) ? moved : rest + moved;
  const frames = Math.trunc(sum / PIXELS_PER_FRAME);
  return [frames * each + 0, sum - frames * PIXELS_PER_FRAME];
}

/** Return the factor by which Ctrl+wheel or a trackpad pinch zooms. */
export function wheelZoom(event) {
  return Math.exp(-Math.min(Math.max(pixels(event), -25), 25) * 0.01);
}
