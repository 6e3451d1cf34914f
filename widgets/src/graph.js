// The record graph: a canvas for the eye and the mouse, and beside it the sheet that Python renders. Python decides what is shown.
//
// Traits: those of the sheet (markup, events, seen), data (the picture as columns), chosen (an id or ""), found (ids).
import cytoscape from "cytoscape";
import { elements, read } from "./graph/columns.js";
import { drawDraft } from "./graph/draft.js";
import { HEADINGS, boxOf, fitted, inside } from "./graph/fitting.js";
import { style } from "./graph/style.js";
import { colours, onTheme, still } from "./graph/theme.js";
import { walker } from "./graph/walking.js";
import { drawWords } from "./graph/words.js";
import { openQueue } from "./queue.js";
import sheet from "./sheet.js";

const KEYS = "Arrow keys walk along references, Enter shows more, F shows all, slash searches, plus and minus zoom, Escape clears.";
const SMALLEST = 0.55;
// Up to so many nodes there is no need for a first picture.
const AT_ONCE = 300;

function make(name, className, attributes = {}) {
  const made = document.createElement(name);
  made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export default {
  render({ model, el }) {
    const queue = openQueue(model);
    const send = (act, value = "") => queue.push({ act, value, fields: {} });
    const outer = make("div", "ak-graph");
    // The frame looks at its own width, not at the window's: it may stand in a narrow column of a wide page.
    outer.style.containerType = "inline-size";
    const frame = make("div", "akika ak-graph-frame");
    const canvas = make("div", "ak-graph-canvas", { tabindex: "0", role: "application", "aria-roledescription": "record graph" });
    const place = make("div", "ak-graph-place");
    const words = make("canvas", "ak-graph-words", { "aria-hidden": "true" });
    const zoom = make("div", "ak-graph-zoom");
    const side = make("div", "ak-graph-sheet");
    canvas.append(place, words, zoom);
    frame.append(side, canvas);
    outer.append(frame);
    el.append(outer);
    // JupyterLab listens for plain keys on the whole page: what is meant for the graph stays in it.
    outer.dataset.lmSuppressShortcuts = "true";
    const stopSheet = sheet.render({ model, el: side });

    let picture = read(model.get("data"));
    let colour = colours(frame);
    let walk = walker(picture);
    let chosen = model.get("chosen") ?? "";
    let moved = false;
    let asked = false;
    let waiting;
    let cy;

    const draw = () => {
      asked = false;
      if (cy && !cy.destroyed()) drawWords(words, cy, picture, colour);
    };
    const redraw = () => {
      if (!asked) {
        asked = true;
        requestAnimationFrame(draw);
      }
    };

    const begin = () => {
      if (picture.nodes.length <= AT_ONCE) {
        start();
        return;
      }
      drawDraft(words, picture, colour, fitted(boxOf(picture), place.clientWidth, place.clientHeight));
      performance.mark("akika graph drawn");
      cy = undefined;
      waiting = requestAnimationFrame(() => { waiting = setTimeout(start); });
    };
    const start = () => {
      waiting = undefined;
      const { nodes, edges } = elements(picture);
      cy = cytoscape({
        container: place,
        elements: [...nodes, ...edges],
        style: style(picture, colour),
        layout: { name: "preset", fit: false },
        minZoom: 0.02,
        maxZoom: 3,
        boxSelectionEnabled: false,
        autounselectify: true,
        textureOnViewport: picture.big,
        hideEdgesOnViewport: picture.big,
        userZoomingEnabled: canvas.matches(":focus-within"),
      });
      cy.on("render", redraw);
      cy.on("tap", "node", (event) => choose(event.target.id()));
      cy.on("tap", (event) => { if (event.target === cy && chosen) choose(""); });
      cy.on("dbltap", "node", (event) => send("expand", event.target.id()));
      cy.on("tapstart", () => canvas.focus({ preventScroll: true }));
      cy.on("tapdrag", () => { moved = true; });
      cy.on("scrollzoom pinchzoom dragpan", () => { moved = true; });
      cy.on("mouseover", "node", (event) => { canvas.title = event.target.data("spoken"); place.style.cursor = "pointer"; });
      cy.on("mouseout", "node", () => { canvas.removeAttribute("title"); place.style.cursor = ""; });
      canvas.__cy = cy;
      performance.mark("akika graph answers");
      look();
      mark();
    };

    // The first look: all of it when it can be read so, else what the picture is about.
    const look = () => {
      if (!cy || !place.clientWidth || !picture.nodes.length) return;
      fit();
      const centre = cy.getElementById(chosen).nonempty() ? cy.getElementById(chosen) : cy.nodes(".focus").first();
      if (!picture.big && cy.zoom() < SMALLEST && centre.nonempty()) {
        cy.zoom(SMALLEST);
        cy.center(centre);
        cy.pan(inside(boxOf(picture), SMALLEST, cy.pan(), place.clientWidth, place.clientHeight));
      }
      moved = false;
    };
    const fit = () => {
      cy.viewport(fitted(boxOf(picture), place.clientWidth, place.clientHeight));
      moved = false;
    };
    const reveal = (node) => {
      const at = node.renderedPosition();
      const inside = at.x > 60 && at.y > HEADINGS + 20 && at.x < place.clientWidth - 60 && at.y < place.clientHeight - 30;
      if (inside) return;
      if (still()) cy.center(node);
      else cy.animate({ center: { eles: node }, duration: 180 });
    };

    const mark = () => {
      const found = new Set(model.get("found") ?? []);
      cy.batch(() => {
        cy.elements().removeClass("chosen near dim hit");
        const node = cy.getElementById(chosen);
        if (node.nonempty()) {
          const near = node.closedNeighborhood();
          cy.elements().not(near).addClass("dim");
          near.edges().addClass("near");
          node.addClass("chosen");
        }
        if (found.size) cy.nodes().filter((one) => found.has(one.id())).addClass("hit").removeClass("dim");
      });
      const spoken = picture.nodes.find((one) => one.id === chosen)?.spoken;
      canvas.setAttribute("aria-label", `${picture.spoken}${spoken ? ` Chosen: ${spoken}.` : ""} ${KEYS}`);
      redraw();
    };

    // What Python says is chosen, unless it has yet to hear of what was chosen here since: an answer to an earlier key is no news.
    const told = () => (queue.idle() ? (model.get("chosen") ?? "") : chosen);

    const choose = (id) => {
      if (id === chosen || !cy) return;
      chosen = id;
      mark();
      const node = cy.getElementById(id);
      if (node.nonempty()) reveal(node);
      if (id) send("choose", id);
      else send("clear", "choice");
    };

    const onData = () => {
      const before = picture;
      picture = read(model.get("data"));
      walk = walker(picture);
      if (!cy || before.big !== picture.big || !before.nodes.length) {
        cy?.destroy();
        chosen = told();
        if (waiting === undefined) begin();
        return;
      }
      change(before);
    };

    // What stays is moved, so that the eye can follow it; what is new appears in its place.
    const change = (before) => {
      const held = cy.getElementById(chosen);
      const anchor = held.nonempty() ? held.renderedPosition() : undefined;
      const { nodes, edges } = elements(picture);
      const ids = new Set(nodes.map((node) => node.data.id));
      const moves = [];
      cy.stop(true, true);
      cy.batch(() => {
        cy.edges().remove();
        cy.nodes().filter((node) => !ids.has(node.id())).remove();
        for (const node of nodes) {
          const there = cy.getElementById(node.data.id);
          if (there.nonempty()) {
            there.data(node.data);
            there.classes(node.classes);
            moves.push([there, node.position]);
          } else {
            cy.add(node);
          }
        }
        cy.add(edges);
      });
      // Until somebody moves the picture, it is shown as well as can be.
      const other = before.fit !== picture.fit || (!moved && before.nodes.length !== picture.nodes.length);
      const quick = other || still() || moves.length > 400;
      for (const [node, position] of moves) {
        if (quick) node.position(position);
        else node.animate({ position }, { duration: 220 });
      }
      chosen = told();
      if (other) look();
      else if (anchor && ids.has(chosen)) {
        const { x, y } = picture.nodes.find((node) => node.id === chosen);
        const pan = { x: anchor.x - x * cy.zoom(), y: anchor.y - y * cy.zoom() };
        if (quick) cy.pan(pan);
        else cy.animate({ pan }, { duration: 220 });
      }
      mark();
    };

    const onChosen = () => {
      const now = told();
      if (!cy || (now === chosen && cy.nodes(".chosen").nonempty() === Boolean(now))) return;
      chosen = now;
      mark();
      const node = cy.getElementById(chosen);
      if (node.nonempty()) reveal(node);
    };
    const onFound = () => { if (cy) mark(); };

    const restyle = () => {
      colour = colours(frame);
      cy?.style(style(picture, colour));
      redraw();
    };

    const nearer = (factor) => {
      if (!cy) return;
      cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: place.clientWidth / 2, y: place.clientHeight / 2 } });
      moved = true;
    };
    for (const [sign, name, act] of [["+", "Nearer", () => nearer(1.3)], ["−", "Farther", () => nearer(1 / 1.3)], ["Fit", "Show all of it", () => cy && fit()]]) {
      const button = make("button", "ak-button", { type: "button", "aria-label": name, title: name });
      button.textContent = sign;
      button.addEventListener("click", act);
      zoom.append(button);
    }

    const onKey = (event) => {
      if (event.target !== canvas || event.ctrlKey || event.metaKey || event.altKey) return;
      const acts = {
        Enter: () => (chosen ? send("expand", chosen) : choose(walk.first()?.id ?? "")),
        Escape: () => send("clear"),
        f: () => cy && fit(),
        F: () => cy && fit(),
        "+": () => nearer(1.3),
        "-": () => nearer(1 / 1.3),
        "/": () => side.querySelector("input[type=search]")?.focus(),
      };
      if (event.key.startsWith("Arrow")) {
        const next = walk.step(chosen, event.key);
        if (next) choose(next.id);
      } else if (acts[event.key]) {
        acts[event.key]();
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    };
    const onSideKey = (event) => {
      if (event.target.matches?.("input[type=search]") && event.key === "Enter") {
        event.preventDefault();
        send("step", event.shiftKey ? "back" : "on");
      }
    };
    // The wheel scrolls the page until the graph has the focus.
    const onFocus = () => cy?.userZoomingEnabled(true);
    const onBlur = () => cy?.userZoomingEnabled(false);

    canvas.addEventListener("keydown", onKey);
    side.addEventListener("keydown", onSideKey);
    canvas.addEventListener("focusin", onFocus);
    canvas.addEventListener("focusout", onBlur);
    model.on("change:data", onData);
    model.on("change:chosen", onChosen);
    model.on("change:seen", onChosen);
    model.on("change:found", onFound);
    const theme = onTheme(frame, restyle);
    let shown = false;
    const resizing = new ResizeObserver(() => {
      theme.look();
      if (!place.clientWidth) return;
      if (!cy && waiting === undefined) begin();
      if (!cy) return;
      cy.resize();
      if (!moved || !shown) look();
      shown = true;
      redraw();
    });
    resizing.observe(place);

    return () => {
      resizing.disconnect();
      theme.stop();
      model.off?.("change:data", onData);
      model.off?.("change:chosen", onChosen);
      model.off?.("change:seen", onChosen);
      model.off?.("change:found", onFound);
      stopSheet?.();
      cancelAnimationFrame(waiting);
      clearTimeout(waiting);
      cy?.destroy();
      cy = undefined;
      outer.remove();
    };
  },
};
