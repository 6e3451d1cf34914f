// How nodes and edges look: the outline tells the role in the books, colour, line and symbol tell the state.

// Corners in a box from -1 to 1. A cut of 9 pixels is 0.12 of half the width and 0.39 of half the height.
const X = 0.12;
const Y = 0.391;
const HEXAGON = [-1 + X, -1, 1 - X, -1, 1, 0, 1 - X, 1, -1 + X, 1, -1, 0];
const ORDER = [-1, -1, 1 - X, -1, 1, -1 + Y, 1, 1, -1 + X, 1, -1, 1 - Y];
const DOCUMENT = [-1, -1, 1 - X, -1, 1, -1 + Y, 1, 1, -1, 1];
const PAYMENT = [-1 + X * 1.1, -1, 1, -1, 1 - X * 1.1, 1, -1, 1];
const DEPOSIT = [-1, -1, 1, -1, 1, 1 - Y, 1 - X, 1, -1 + X, 1, -1, 1 - Y];

const polygon = (points) => ({ shape: "polygon", "shape-polygon-points": points });
const ROLES = [
  { shape: "rectangle" },
  polygon(HEXAGON),
  { shape: "round-rectangle", "corner-radius": 23 },
  polygon(ORDER),
  polygon(DOCUMENT),
  polygon(PAYMENT),
  polygon(DEPOSIT),
  { shape: "round-rectangle", "corner-radius": 5 },
];
const TONES = ["removed", "added", "changed"];

export function style({ width, height, big }, colour) {
  const node = {
    width,
    height,
    "background-color": big ? colour.rule : colour.paper,
    "border-width": big ? 4 : 1.2,
    "border-color": colour.edge,
    "overlay-opacity": 0,
  };
  const edge = big
    ? { "curve-style": "haystack", "haystack-radius": 0, width: 2, opacity: 0.35, "line-color": colour.edge, "overlay-opacity": 0 }
    : {
        "curve-style": "unbundled-bezier",
        "edge-distances": "endpoints",
        "source-endpoint": "data(leave)",
        "target-endpoint": "data(enter)",
        "control-point-weights": (ele) => ele.data("weights"),
        "control-point-distances": (ele) => ele.data("distances"),
        width: (ele) => Math.min(1.1 + Math.log2(ele.data("weight") || 1) / 3, 4),
        "line-color": colour.edge,
        "target-arrow-shape": "triangle",
        "target-arrow-color": colour.quiet,
        "arrow-scale": 0.75,
        "overlay-opacity": 0,
      };
  const bold = big ? 8 : 1.6;
  return [
    { selector: "node", style: node },
    ...ROLES.map((shape, role) => ({ selector: `.role${role}`, style: big && role ? { ...shape, shape: "rectangle" } : shape })),
    ...TONES.map((tone) => ({
      selector: `node.${tone}`,
      style: {
        "background-color": big ? colour[tone] : colour[`${tone}-wash`],
        "border-color": colour[tone],
        "border-style": tone === "removed" ? "dashed" : "solid",
        "border-width": tone === "changed" && !big ? 1.2 : bold,
      },
    })),
    { selector: "node.stack", style: { ghost: "yes", "ghost-offset-x": 5, "ghost-offset-y": 5, "ghost-opacity": 0.5 } },
    { selector: "edge", style: edge },
    ...["removed", "added"].map((tone) => ({
      selector: `edge.${tone}`,
      style: {
        "line-color": colour[tone],
        "target-arrow-color": colour[tone],
        ...(tone === "removed" && !big ? { "line-style": "dashed", "line-dash-pattern": [6, 4] } : {}),
      },
    })),
    { selector: "node.focus", style: { "outline-width": 2, "outline-offset": 3, "outline-color": colour.focus, "outline-style": "solid" } },
    { selector: "node.hit", style: { "underlay-color": colour.changed, "underlay-opacity": 0.32, "underlay-padding": 9, "underlay-shape": "round-rectangle" } },
    { selector: "node.dim", style: { opacity: big ? 0.45 : 0.3 } },
    { selector: "edge.dim", style: { opacity: big ? 0.06 : 0.16 } },
    { selector: "edge.near", style: { opacity: 1, width: big ? 6 : 2.2, "line-color": colour.accent, "target-arrow-color": colour.accent, "z-index": 9 } },
    { selector: "edge.near.removed", style: { "line-color": colour.removed, "target-arrow-color": colour.removed } },
    { selector: "node.chosen", style: { "outline-width": big ? 14 : 4, "outline-offset": 3, "outline-color": colour.accent, "outline-style": "solid", "z-index": 10 } },
  ];
}
