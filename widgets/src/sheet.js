// Draws what Python rendered and says what a person did. There is no state and no decision here.
//
// Traits: markup (string), events (list of {n, act, value, fields}), seen (number of the last event Python took).
import morphdom from "morphdom";
import { brushing } from "./brush.js";
import { openQueue } from "./queue.js";

const TYPING = 200;

export default {
  render({ model, el }) {
    const queue = openQueue(model);
    const root = document.createElement("div");
    root.className = "ak-sheet";
    el.append(root);
    let ticker;
    let asked;
    let typing;
    const sent = new WeakMap();

    const valueOf = (control) => {
      if (control.type === "checkbox") return control.dataset.value ?? control.value;
      if (control.matches("input, select, textarea")) return control.value;
      return control.dataset.value ?? "";
    };
    // What was typed comes before what is done next, and is not lost by typing elsewhere.
    const flush = () => {
      if (!typing) return;
      const { control, timer } = typing;
      clearTimeout(timer);
      typing = undefined;
      send(control);
    };
    const push = (event) => {
      flush();
      return queue.push(event);
    };
    const send = (control, fields = {}) => {
      if (control.disabled) return;
      push({ act: control.dataset.act, value: valueOf(control), fields });
    };
    // A control of a form that says nothing until the form is sent: what a person made of it stays.
    const unsent = (control) => control.form?.contains(control) && control.dataset.act === undefined;

    const draw = () => {
      const held = active();
      const next = document.createElement("div");
      next.className = "ak-sheet";
      next.innerHTML = model.get("markup");
      morphdom(root, next, {
        childrenOnly: true,
        onBeforeElUpdated(from, to) {
          // What a person opened stays open, and what a person is typing stays typed.
          if (from.tagName === "DETAILS" && from.dataset.fixed === undefined) to.open = from.open;
          if (from === held && from.matches("input, textarea, select")) {
            if (from.type !== "checkbox" && from.type !== "radio") to.value = from.value;
          } else if (from.matches("input, textarea") && unsent(from) && from.value !== from.defaultValue && to.dataset.act === undefined && to.dataset.clear === undefined) {
            to.value = from.value;
          }
          if (from.matches("input[type=checkbox], input[type=radio]") && unsent(from) && to.dataset.act === undefined && from.checked !== from.defaultChecked) to.checked = from.checked;
          if (from.matches("select") && unsent(from) && to.dataset.act === undefined) {
            const value = from.value;
            queueMicrotask(() => { if ([...from.options].some((option) => option.value === value)) from.value = value; });
          }
          if (from.matches(".ak-scroll")) queueMicrotask(((x, y) => () => { from.scrollLeft = x; from.scrollTop = y; })(from.scrollLeft, from.scrollTop));
          return !from.isEqualNode(to) || to.matches("input, textarea, select");
        },
      });
      for (const box of root.querySelectorAll("input[type=checkbox]")) if (!unsent(box)) box.checked = box.hasAttribute("checked");
      for (const box of root.querySelectorAll("select")) {
        if (box !== held && !unsent(box)) {
          const chosen = box.querySelector("option[selected]");
          if (chosen) box.value = chosen.value;
        }
      }
      const wanted = root.querySelector("[data-focus]");
      if (wanted && wanted.dataset.focus !== asked) {
        if (asked !== undefined || wanted.dataset.focusFirst !== undefined) wanted.focus();
        asked = wanted.dataset.focus;
      } else if (!wanted) {
        asked ??= "";
      }
      if (held && !held.isConnected && held.id) root.querySelector(`#${CSS.escape(held.id)}`)?.focus();
      clearInterval(ticker);
      const tick = root.querySelector("[data-tick]");
      if (tick) ticker = setInterval(() => { if (!document.hidden && queue.idle()) queue.push({ act: "tick", value: "", fields: {} }); }, Math.max(100, Number(tick.dataset.tick)));
    };

    const active = () => {
      const inside = root.getRootNode().activeElement;
      return inside && root.contains(inside) ? inside : null;
    };

    const onClick = (event) => {
      const control = event.target.closest?.("[data-act]");
      if (!control || !root.contains(control) || control.matches("form, input, select, textarea")) return;
      if (event.target.closest("a[href], summary") && !control.matches("a, summary")) return;
      const inner = event.target.closest("button, input, label, select, textarea");
      if (inner && inner !== control && control.contains(inner)) return;
      send(control);
    };
    const onChange = (event) => {
      const control = event.target;
      if (control === typing?.control) flush();
      if (control.matches?.("select[data-act], input[type=checkbox][data-act], input[type=date][data-act], input[type=radio][data-act]")) send(control);
    };
    const onInput = (event) => {
      const control = event.target;
      if (!control.matches?.("input[data-act]:not([type=checkbox], [type=radio], [type=date])")) return;
      if (control !== typing?.control) flush();
      clearTimeout(typing?.timer);
      typing = { control, timer: setTimeout(flush, TYPING) };
    };
    const onSubmit = (event) => {
      const form = event.target.closest?.("form[data-act]");
      event.preventDefault();
      // Enter twice is not two signatures: a form is sent again when it has been answered.
      if (!form || form.querySelector("[type=submit]")?.disabled || !queue.answered(sent.get(form) ?? 0)) return;
      const fields = {};
      for (const [name, value] of new FormData(form)) if (typeof value === "string") fields[name] = value;
      sent.set(form, push({ act: form.dataset.act, value: form.dataset.value ?? "", fields }));
      // A passphrase stays on the page no longer than it takes to send it.
      for (const secret of form.querySelectorAll("input[type=password]")) secret.value = "";
    };
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const at = event.target;
      const row = at.closest?.("[data-row]");
      const writing = at.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");
      const across = row?.closest("[data-across]");
      const walks = across ? ["ArrowRight", "ArrowLeft", "Home", "End"] : ["ArrowDown", "ArrowUp", "Home", "End"];
      if (row && !writing && walks.includes(event.key)) {
        const rows = [...(across ?? row.closest("table, ul, ol, [role=list], [role=grid]")).querySelectorAll("[data-row]")];
        const place = rows.indexOf(row);
        const next = [place + 1, place - 1, 0, rows.length - 1][walks.indexOf(event.key)];
        if (rows[next]) {
          event.preventDefault();
          rows[next].focus();
          // The row that is reached is the chosen one: what a key does next is done to the row one sees.
          if (rows[next].dataset.follow !== undefined) send(rows[next]);
        }
        return;
      }
      if (row === at && !at.matches("button") && (event.key === "Enter" || event.key === " ") && row.dataset.act) {
        event.preventDefault();
        send(row);
        return;
      }
      const menu = event.key === "Escape" && at.closest?.("details[data-menu][open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      // A key that is held down is one press: what comes next has not been seen yet.
      if (writing || event.key.length !== 1 || event.repeat) return;
      const pressed = [...root.querySelectorAll("[data-keys]")].find((control) => control.dataset.keys === event.key);
      if (pressed && !pressed.disabled) {
        event.preventDefault();
        pressed.click();
      }
    };

    // What hangs open over the page is shut by looking elsewhere.
    const onElsewhere = (event) => {
      for (const menu of root.querySelectorAll("details[data-menu][open]")) if (!event.composedPath().includes(menu)) menu.open = false;
    };

    root.addEventListener("click", onClick);
    root.addEventListener("pointerdown", onElsewhere);
    root.addEventListener("focusin", onElsewhere);
    brushing(root, (act, value) => push({ act, value, fields: {} }));
    root.addEventListener("change", onChange);
    root.addEventListener("input", onInput);
    root.addEventListener("submit", onSubmit);
    root.addEventListener("keydown", onKey);
    // JupyterLab listens for plain keys on the whole page: what is meant for the view stays in it.
    el.dataset.lmSuppressShortcuts = "true";
    model.on("change:markup", draw);
    model.on("change:seen", queue.forget);
    draw();
    return () => {
      clearInterval(ticker);
      clearTimeout(typing?.timer);
      model.off?.("change:markup", draw);
      model.off?.("change:seen", queue.forget);
      root.remove();
    };
  },
};
