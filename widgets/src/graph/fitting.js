// How a picture lies in its place: nearness and position, as the canvas wants them.

export const MARGIN = 24;
export const HEADINGS = 27;
const LARGEST = 1.15;
const LEAST = 0.02;

export function boxOf({ nodes, width, height }) {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of nodes) {
    x1 = Math.min(x1, x - width / 2);
    x2 = Math.max(x2, x + width / 2);
    y1 = Math.min(y1, y - height / 2);
    y2 = Math.max(y2, y + height / 2);
  }
  return { x1, y1, x2, y2 };
}

// All of it, in the middle.
export function fitted({ x1, y1, x2, y2 }, wide, high) {
  const room = { w: wide - 2 * MARGIN, h: high - 2 * MARGIN - HEADINGS };
  const zoom = Math.min(LARGEST, Math.max(LEAST, Math.min(room.w / (x2 - x1), room.h / (y2 - y1))));
  return {
    zoom,
    pan: {
      x: MARGIN + (room.w - (x2 - x1) * zoom) / 2 - x1 * zoom,
      y: MARGIN + HEADINGS + (room.h - (y2 - y1) * zoom) / 2 - y1 * zoom,
    },
  };
}

// Where the picture is larger than its place, no edge of it stands away from the border.
export function inside({ x1, y1, x2, y2 }, zoom, pan, wide, high) {
  const kept = (at, low, high, from, to) => {
    if ((high - low) * zoom < to - from) return from + (to - from - (high - low) * zoom) / 2 - low * zoom;
    return Math.min(from - low * zoom, Math.max(to - high * zoom, at));
  };
  return {
    x: kept(pan.x, x1, x2, MARGIN, wide - MARGIN),
    y: kept(pan.y, y1, y2, MARGIN + HEADINGS, high - MARGIN),
  };
}
