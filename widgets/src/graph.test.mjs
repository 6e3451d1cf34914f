import assert from "node:assert/strict";
import { test } from "node:test";
import { elements, ends, read, relative } from "./graph/columns.js";
import { HEADINGS, MARGIN, boxOf, fitted, inside } from "./graph/fitting.js";
import { walker } from "./graph/walking.js";
import { openQueue } from "./queue.js";

const DATA = {
  width: 150,
  height: 46,
  id: ["Customer:1", "Invoice:2", "Invoice:3", "Payment:4"],
  label: ["a", "b", "c", "d"],
  above: ["Customer", "Invoice", "Invoice", "Payment"],
  lines: [["a"], ["b"], ["c"], ["d"]],
  spoken: ["a", "b", "c", "d"],
  role: [2, 4, 4, 5],
  state: ["unchanged", "removed", "unchanged", "added"],
  symbol: ["", "−", "", "+"],
  focus: [false, true, false, false],
  size: [1, 1, 1, 1],
  rank: [0, 1, 0, 0],
  x: [75, 273, 273, 471],
  y: [50, 20, 80, 50],
  src: [1, 2, 3],
  dst: [0, 0, 1],
  tone: ["removed", "unchanged", "added"],
  weight: [1, 1, 1],
  via: [[174, 20, 174, 50], [174, 80, 174, 50], []],
  headings: [[0, "Customers"]],
};

function model(values) {
  const held = { events: [], seen: 0, ...values };
  return { get: (name) => held[name], set: (name, value) => { held[name] = value; }, save_changes() {} };
}

test("columns are read from an object and from a map alike", () => {
  assert.deepEqual(read(DATA), read(new Map(Object.entries(DATA))));
  assert.equal(read(undefined).nodes.length, 0);
  assert.equal(read({}).edges.length, 0);
});

test("an edge leaves and enters on the sides that look at each other", () => {
  assert.deepEqual(ends({ x: 300 }, { x: 100 }, 150), [-75, 75]);
  assert.deepEqual(ends({ x: 100 }, { x: 300 }, 150), [75, -75]);
  assert.deepEqual(ends({ x: 100 }, { x: 100 }, 150), [-75, -75]);
});

test("relative points lead back to where they were", () => {
  const start = { x: 198, y: 20 };
  const end = { x: 150, y: 50 };
  const via = [174, 20, 174, 50, 160, 90];
  const { weights, distances } = relative(start, end, via);
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy);
  weights.forEach((weight, at) => {
    // The canvas's own rule: so far along the line between the ends, and so far along its normal.
    const x = start.x + weight * dx - (distances[at] * dy) / length;
    const y = start.y + weight * dy + (distances[at] * dx) / length;
    assert.ok(Math.abs(x - via[2 * at]) < 1e-9 && Math.abs(y - via[2 * at + 1]) < 1e-9);
  });
});

test("elements carry role, state and focus as classes, and text only as data", () => {
  const hostile = "<img src=x onerror=alert(1)>";
  const { nodes, edges } = elements(read({ ...DATA, label: [hostile, "b", "c", "d"] }));
  assert.equal(nodes[0].data.label, hostile);
  assert.equal(nodes[0].classes.join(" "), "role2 unchanged");
  assert.equal(nodes[1].classes.join(" "), "role4 removed focus");
  assert.deepEqual([edges[0].data.source, edges[0].data.target], ["Invoice:2", "Customer:1"]);
  assert.equal(edges[2].classes, "added");
});

test("arrow keys walk along references and within a column", () => {
  const walk = walker(read(DATA));
  assert.equal(walk.first().id, "Invoice:2");
  assert.equal(walk.step("", "ArrowLeft").id, "Invoice:2");
  assert.equal(walk.step("Invoice:2", "ArrowLeft").id, "Customer:1");
  assert.equal(walk.step("Customer:1", "ArrowRight").id, "Invoice:2");
  assert.equal(walk.step("Invoice:2", "ArrowRight").id, "Payment:4");
  assert.equal(walk.step("Invoice:2", "ArrowDown").id, "Invoice:3");
  assert.equal(walk.step("Invoice:3", "ArrowUp").id, "Invoice:2");
  assert.equal(walk.step("Invoice:3", "ArrowDown"), undefined);
  assert.equal(walk.step("Customer:1", "ArrowLeft"), undefined);
});

test("two parts of one widget share the queue of its model", () => {
  const one = model({ seen: 3 });
  openQueue(one).push({ act: "a" });
  openQueue(one).push({ act: "b" });
  assert.deepEqual(one.get("events"), [{ n: 4, act: "a" }, { n: 5, act: "b" }]);
  assert.equal(openQueue(one).idle(), false);
  one.set("seen", 5);
  assert.equal(openQueue(one).idle(), true);
  assert.notEqual(openQueue(model({})), openQueue(one));
});

test("a fitted picture lies whole inside its place, and one too large keeps to the border", () => {
  const box = boxOf(read(DATA));
  assert.deepEqual(box, { x1: 0, y1: -3, x2: 546, y2: 103 });
  for (const [wide, high] of [[900, 600], [300, 200], [5000, 4000]]) {
    const { zoom, pan } = fitted(box, wide, high);
    assert.ok(zoom > 0 && zoom <= 1.15);
    assert.ok(box.x1 * zoom + pan.x >= MARGIN - 1e-9 && box.x2 * zoom + pan.x <= wide - MARGIN + 1e-9);
    assert.ok(box.y1 * zoom + pan.y >= MARGIN + HEADINGS - 1e-9 && box.y2 * zoom + pan.y <= high - MARGIN + 1e-9);
  }
  const kept = inside(box, 2, { x: 400, y: -900 }, 500, 180);
  assert.equal(kept.x, MARGIN);
  assert.equal(kept.y, 180 - MARGIN - 2 * box.y2);
});
