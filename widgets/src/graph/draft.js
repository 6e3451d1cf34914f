// A first picture of a large graph, at once: the canvas proper takes a second or two to take so many records in.

export function drawDraft(canvas, { nodes, edges, width, height }, colour, view) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  const pen = canvas.getContext("2d");
  const zoom = view.zoom * ratio;
  pen.setTransform(zoom, 0, 0, zoom, view.pan.x * ratio, view.pan.y * ratio);
  pen.globalAlpha = 0.35;
  pen.strokeStyle = colour.edge;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const { source, target } of edges) {
    pen.moveTo(nodes[source].x, nodes[source].y);
    pen.lineTo(nodes[target].x, nodes[target].y);
  }
  pen.stroke();
  pen.globalAlpha = 1;
  for (const { x, y, state } of nodes) {
    const plain = state === "unchanged";
    pen.fillStyle = plain ? colour.rule : colour[state];
    pen.strokeStyle = plain ? colour.edge : colour[state];
    pen.fillRect(x - width / 2, y - height / 2, width, height);
    pen.strokeRect(x - width / 2, y - height / 2, width, height);
  }
}
