// The picture comes as columns. Here they become elements for the canvas, and a graph to walk.

export function read(data) {
  const get = data instanceof Map ? (name) => data.get(name) : (name) => data?.[name];
  const list = (name) => get(name) ?? [];
  return {
    big: Boolean(get("big")),
    fit: get("fit") ?? 0,
    width: get("width") ?? 150,
    height: get("height") ?? 46,
    spoken: get("spoken_whole") ?? "",
    headings: list("headings"),
    nodes: list("id").map((id, at) => ({
      id,
      at,
      label: list("label")[at],
      above: list("above")[at],
      lines: list("lines")[at] ?? [],
      spoken: list("spoken")[at],
      role: list("role")[at],
      state: list("state")[at],
      symbol: list("symbol")[at],
      focus: list("focus")[at],
      size: list("size")[at],
      rank: list("rank")[at],
      x: list("x")[at],
      y: list("y")[at],
    })),
    edges: list("src").map((source, at) => ({
      source,
      target: list("dst")[at],
      tone: list("tone")[at],
      weight: list("weight")[at],
      via: list("via")[at] ?? [],
    })),
  };
}

// Which point of the outline an edge leaves or enters, as an offset from the middle: the side that looks to the other end.
export function ends(from, to, width) {
  const half = width / 2;
  if (Math.abs(from.x - to.x) < 1) return [-half, -half];
  return to.x < from.x ? [-half, half] : [half, -half];
}

// Points as Cytoscape wants them: how far along the line between the ends, and how far beside it.
export function relative(start, end, via) {
  const dx = end.x - start.x;
  const dy = end.y - start.y;
  const length = Math.hypot(dx, dy) || 1;
  const weights = [];
  const distances = [];
  for (let at = 0; at < via.length; at += 2) {
    const px = via[at] - start.x;
    const py = via[at + 1] - start.y;
    weights.push((px * dx + py * dy) / (length * length));
    distances.push((py * dx - px * dy) / length);
  }
  return { weights, distances };
}

export function elements(picture) {
  const { nodes, edges, width, big } = picture;
  return {
    nodes: nodes.map((node) => ({
      group: "nodes",
      data: node,
      position: { x: node.x, y: node.y },
      classes: classesOf(node),
    })),
    edges: edges.map(({ source, target, tone, weight, via }) => {
      const from = nodes[source];
      const to = nodes[target];
      const data = { id: `${from.id} > ${to.id}`, source: from.id, target: to.id, tone, weight };
      if (!big) {
        const [leave, enter] = ends(from, to, width);
        data.leave = `${leave}px 0px`;
        data.enter = `${enter}px 0px`;
        Object.assign(data, relative({ x: from.x + leave, y: from.y }, { x: to.x + enter, y: to.y }, via));
      }
      return { group: "edges", data, classes: tone };
    }),
  };
}

function classesOf({ role, state, focus, size }) {
  return [`role${role}`, state, ...(focus ? ["focus"] : []), ...(size > 1 ? ["stack"] : [])];
}
