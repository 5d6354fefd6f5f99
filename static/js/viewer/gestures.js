// From pointer events to what a person means by them. Pure: it is fed plain points and gives back intents.
//   {kind: "drag", phase: "start" | "move" | "end", button, isTouch, x, y, dx, dy}   dx, dy since the start
//   {kind: "pinch", factor, x, y, dx, dy}                                            since the last intent
//   {kind: "double", x, y}   {kind: "press", x, y}   {kind: "tap", x, y}

const TOUCH_SLOP = 8;
const MOUSE_SLOP = 3;
const DOUBLE_MS = 320;
const DOUBLE_PX = 28;

export class Gestures {
  #pointers = new Map();
  #drag = null;
  #isSpoiled = false;
  #tap = null;
  #span = null;

  /** A pointer goes down: {id, x, y, button, isTouch, time}. */
  down(point) {
    this.#pointers.set(point.id, point);
    const intents = [];
    if (this.#pointers.size === 1) {
      this.#isSpoiled = false;
      this.#drag = { ...point, isMoving: false };
      intents.push({ kind: "press", x: point.x, y: point.y });
    } else {
      intents.push(...this.#endDrag(point));
      this.#isSpoiled = true;
      this.#span = this.#pointers.size === 2 ? this.#measure() : null;
    }
    return intents;
  }

  /** A pointer moves: {id, x, y}. */
  move(point) {
    const known = this.#pointers.get(point.id);
    if (!known) return [];
    this.#pointers.set(point.id, { ...known, x: point.x, y: point.y });
    if (this.#pointers.size === 2) return this.#pinch();
    return this.#isSpoiled || this.#pointers.size > 2 ? [] : this.#dragTo(point);
  }

  /** A pointer goes up: {id, x, y, time}. */
  up(point) {
    const known = this.#pointers.get(point.id);
    if (!known) return [];
    const wasDrag = Boolean(this.#drag?.isMoving);
    const intents = this.#endDrag(point);
    const isTap = !this.#isSpoiled && !wasDrag && known.button === 0;
    this.#remove(point.id);
    return isTap ? [...intents, ...this.#tapped(point)] : intents;
  }

  /** The browser took a pointer over, for example for its own swipe. */
  cancel(point) {
    const known = this.#pointers.get(point.id);
    if (!known) return [];
    const intents = this.#endDrag(known);
    this.#remove(point.id);
    return intents;
  }

  #remove(id) {
    this.#pointers.delete(id);
    this.#span = null;
    this.#drag = null;
  }

  #dragTo(point) {
    const drag = this.#drag;
    const [dx, dy] = [point.x - drag.x, point.y - drag.y];
    const intents = [];
    if (!drag.isMoving) {
      if (Math.hypot(dx, dy) < (drag.isTouch ? TOUCH_SLOP : MOUSE_SLOP)) return [];
      drag.isMoving = true;
      this.#tap = null;
      intents.push(this.#intent("start", drag, 0, 0));
    }
    intents.push(this.#intent("move", drag, dx, dy));
    return intents;
  }

  #endDrag(point) {
    const drag = this.#drag;
    this.#drag = null;
    return drag?.isMoving ? [this.#intent("end", drag, point.x - drag.x, point.y - drag.y)] : [];
  }

  #intent(phase, drag, dx, dy) {
    return { kind: "drag", phase, button: drag.button, isTouch: drag.isTouch, x: drag.x, y: drag.y, dx, dy };
  }

  #measure() {
    const [one, other] = [...this.#pointers.values()];
    return {
      x: (one.x + other.x) / 2,
      y: (one.y + other.y) / 2,
      length: Math.max(Math.hypot(one.x - other.x, one.y - other.y), 1),
    };
  }

  #pinch() {
    const before = this.#span;
    if (!before) return [];
    const now = this.#measure();
    this.#span = now;
    const factor = now.length / before.length;
    return [{ kind: "pinch", factor, x: now.x, y: now.y, dx: now.x - before.x, dy: now.y - before.y }];
  }

  #tapped(point) {
    const last = this.#tap;
    const isNear = last && Math.hypot(point.x - last.x, point.y - last.y) < DOUBLE_PX;
    if (isNear && point.time - last.time < DOUBLE_MS) {
      this.#tap = null;
      return [{ kind: "double", x: point.x, y: point.y }];
    }
    this.#tap = point;
    return [{ kind: "tap", x: point.x, y: point.y }];
  }
}

/** Return how many pixels of a vertical drag move one frame. */
export function pixelsPerFrame(count, stageHeight) {
  return Math.min(Math.max(stageHeight / Math.max(count, 1), 4), 24);
}

/** Return the tool that a drag works: middle pans, right zooms; one finger pans a picture that is zoomed in. */
export function toolOf({ button, isTouch }, active, isZoomed) {
  if (button === 1) return "pan";
  if (button === 2) return "zoom";
  return isTouch && active === "scroll" && isZoomed ? "pan" : active;
}
