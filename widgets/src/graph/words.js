// Texts, symbols and headings over the canvas, drawn as text and never as markup, in the same places as in the printed picture.

const READABLE = 0.42;

export function drawWords(canvas, cy, picture, colour) {
  const ratio = devicePixelRatio || 1;
  const { clientWidth: wide, clientHeight: high } = canvas;
  if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(high * ratio)) {
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  if (!wide || !high) return;
  const zoom = cy.zoom();
  const pan = cy.pan();
  if (!picture.big) {
    pen.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * pan.x, ratio * pan.y);
    const seen = cy.extent();
    cy.nodes().forEach((node) => {
      const { x, y } = node.position();
      if (x + 90 < seen.x1 || x - 90 > seen.x2 || y + 40 < seen.y1 || y - 40 > seen.y2) return;
      pen.globalAlpha = node.hasClass("dim") ? 0.3 : 1;
      drawNode(pen, node.data(), x - picture.width / 2, y - picture.height / 2, picture, colour, zoom);
    });
    pen.globalAlpha = 1;
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawHeadings(pen, picture, colour, zoom, pan, wide);
}

function drawNode(pen, node, x, y, { width, height }, colour, zoom) {
  const tone = node.state === "unchanged" ? colour.edge : colour[node.state];
  pen.strokeStyle = tone;
  pen.lineWidth = 1;
  pen.beginPath();
  if (node.role === 0) {
    pen.moveTo(x + 5, y);
    pen.lineTo(x + 5, y + height);
  } else if (node.role === 4) {
    pen.moveTo(x + width - 9, y);
    pen.lineTo(x + width - 9, y + 9);
    pen.lineTo(x + width, y + 9);
  }
  pen.stroke();
  const inset = x + 15;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  if (zoom >= READABLE) {
    const top = y + (node.lines.length > 1 ? 13 : 19);
    pen.fillStyle = colour.quiet;
    pen.font = `9.5px ${colour.font}`;
    pen.fillText(node.above, inset, top, width - 40);
    pen.fillStyle = colour.ink;
    pen.font = `11.5px ${colour.font}`;
    node.lines.forEach((line, at) => pen.fillText(line, inset, top + 14 + 13 * at, width - (node.symbol ? 42 : 24)));
  } else {
    // Too small to read: the type alone, larger.
    pen.fillStyle = colour.quiet;
    pen.font = `16px ${colour.font}`;
    pen.fillText(node.above, inset, y + height / 2 + 6, width - (node.symbol ? 44 : 26));
  }
  if (node.symbol) badge(pen, x + width - 20, y + height / 2, 8, colour.paper, tone, tone, node.symbol, 12, colour);
  if (node.rank) badge(pen, x + 1, y + 1, 10, colour.accent, colour.accent, colour["on-accent"], String(node.rank), 11, colour);
}

function badge(pen, x, y, radius, fill, line, ink, text, size, colour) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = line;
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.fillStyle = ink;
  pen.font = `700 ${size}px ${colour.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y + 0.5, radius * 1.8);
}

function drawHeadings(pen, { headings, width }, colour, zoom, pan, wide) {
  pen.font = `11px ${colour.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = colour.paper;
  pen.globalAlpha = 0.92;
  pen.fillRect(0, 0, wide, 26);
  pen.globalAlpha = 1;
  pen.fillStyle = colour.rule;
  pen.fillRect(0, 26, wide, 1);
  pen.fillStyle = colour.quiet;
  headings.forEach(([left, text], at) => {
    const x = left * zoom + pan.x;
    const next = headings[at + 1];
    const room = next ? (next[0] - left) * zoom - 10 : Math.max(width * zoom, 120);
    if (x + room < 0 || x > wide || room < 26) return;
    pen.fillText(cut(pen, text, room), Math.max(x, 6), 13);
  });
}

function cut(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  let kept = text;
  while (kept && pen.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}
