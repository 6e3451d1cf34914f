// Drawing over an element with data-brush="act" sends that act with where it began and ended: "0.25,0.5", shares of its width.
//
// Drawing begins after a few pixels: whatever stands under the pointer can still be pressed.
const LEAST = 5;

export function brushing(root, send) {
  root.addEventListener("pointerdown", (event) => {
    const over = event.target.closest?.("[data-brush]");
    if (!over || event.button !== 0 || event.pointerType === "touch") return;
    const box = over.getBoundingClientRect();
    const share = (at) => Math.min(1, Math.max(0, (at - box.left) / box.width));
    const begin = event.clientX;
    let mark;
    const onMove = (move) => {
      if (!mark) {
        if (Math.abs(move.clientX - begin) < LEAST) return;
        over.setPointerCapture(event.pointerId);
        mark = document.createElement("div");
        mark.className = "ak-brushed";
        over.append(mark);
      }
      const [from, to] = [share(begin), share(move.clientX)].sort((one, two) => one - two);
      mark.style.cssText = `left:${from * 100}%;width:${(to - from) * 100}%`;
    };
    const onEnd = (end) => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onEnd);
      window.removeEventListener("pointercancel", onEnd);
      if (!mark) return;
      mark.remove();
      // The click that ends the drawing presses nothing.
      const stop = (click) => { click.stopPropagation(); click.preventDefault(); };
      root.addEventListener("click", stop, { capture: true, once: true });
      setTimeout(() => root.removeEventListener("click", stop, { capture: true }), 0);
      if (end.type === "pointerup") send(over.dataset.brush, [share(begin), share(end.clientX)].sort((one, two) => one - two).map((at) => at.toFixed(4)).join(","));
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onEnd);
    window.addEventListener("pointercancel", onEnd);
  });
}
