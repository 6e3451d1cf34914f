// Where an arrow key leads: to the left what is needed, to the right what hangs on it, up and down the neighbours in the column.

export function walker({ nodes, edges }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const needs = new Map();
  const hangs = new Map();
  const put = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);
  for (const { source, target } of edges) {
    put(needs, nodes[source].id, nodes[target]);
    put(hangs, nodes[target].id, nodes[source]);
  }
  const nearest = (from, others) =>
    others.length ? others.reduce((best, node) => (far(from, node) < far(from, best) ? node : best)) : undefined;
  return {
    first: () => nodes.find((node) => node.focus) ?? nodes[0],
    step(id, key) {
      const from = byId.get(id);
      if (!from) return this.first();
      if (key === "ArrowLeft") return nearest(from, needs.get(id) ?? []);
      if (key === "ArrowRight") return nearest(from, hangs.get(id) ?? []);
      const down = key === "ArrowDown";
      const column = nodes.filter((node) => Math.abs(node.x - from.x) < 1 && (down ? node.y > from.y : node.y < from.y));
      return nearest(from, column);
    },
  };
}

const far = (a, b) => Math.abs(a.y - b.y) + Math.abs(a.x - b.x) / 1000;
