"use strict";
// Makes each evidence table of the page searchable. Fixed text: what it works on lies beside it as data, and every text is set as text.
(() => {
  const PAGE = 100, LONG = 240, WORD = 26, TYPING = 120;
  const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/, NUMBER = /^-?\d+(\.\d+)?$/;
  const grouped = (text) => text.replace(/^(-?)(\d+)/, (_, sign, whole) => sign.replace("-", "\u2212") + whole.replace(/\B(?=(\d{3})+$)/g, ","));
  const count = (number) => grouped(String(number));
  const counted = (number) => `${count(number)} ${number === 1 ? "row" : "rows"}`;
  const fold = (text) => text.toLowerCase().replaceAll("\u03c2", "\u03c3");
  const numeric = (form) => form === "money" || form === "number";

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const button = (words, act, name) => {
    const made = element("button", { type: "button", class: "ak-button", "aria-label": name }, words);
    made.addEventListener("click", act);
    return made;
  };

  const unpacked = async (text) => {
    const packed = Uint8Array.from(atob(text.trim()), (sign) => sign.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };

  // Two numbers that a float cannot tell apart are told apart by their digits, and sums are exact.
  const scaled = (text, places) => {
    const [whole, part = ""] = text.split(".");
    return BigInt(whole + part.padEnd(places, "0"));
  };
  const placesOf = (text) => (text.split(".")[1] ?? "").length;
  const byDigits = (one, two) => {
    const places = Math.max(placesOf(one), placesOf(two));
    const [left, right] = [scaled(one, places), scaled(two, places)];
    return left < right ? -1 : Number(left > right);
  };
  const byText = (one, two) => (one < two ? -1 : Number(one > two));

  const shown = (text, form) => {
    if (text === null) return "\u2014";
    if (numeric(form) && NUMBER.test(text)) return grouped(text);
    if (form === "time") return text.replace("T", " ").replace(/(\.\d+)?Z$/, "");
    if (text.length <= LONG) return text;
    const tail = LONG / 4;
    return `${text.slice(0, LONG - tail)} \u2026 (${count(text.length - LONG)} characters more) \u2026 ${text.slice(-tail)}`;
  };

  const start = async (box) => {
    const table = box.querySelector("table");
    const body = table.tBodies[0];
    const sums = table.tFoot?.rows[0];
    const { name, heads, forms, totals, cells } = await unpacked(box.querySelector("script[data-rows]").textContent);
    const rows = cells[0].length;
    const ranks = [], folded = [], exact = [];
    let whole, listed = Uint32Array.from({ length: rows }, (_, at) => at), page = 0, sorted = -1, down = false;

    const text = (column, row) => cells[column][row] ?? "";
    const searched = (column) => (folded[column] ??= cells[column].map((value) => (value === null ? "" : fold(value))));
    const everything = () => (whole ??= cells[0].map((_, row) => forms.map((_, column) => text(column, row)).join("\x1f")).map(fold));

    // A word that is a number is also found as numbers are written here: 1,234.5 is 1234.5.
    const spelt = (word) => {
      const plain = /^[-+\u2212]?[\d,]*\d(\.\d*)?$/.test(word) ? word.replaceAll(",", "").replace("\u2212", "-").replace("+", "") : word;
      return [...new Set([fold(word), plain])];
    };
    const found = () => {
      const words = box.querySelector("input").value.split(/\s+/u).filter(Boolean).map(spelt);
      const column = box.querySelector("select").value;
      const texts = words.length ? (column === "" ? everything() : searched(Number(column))) : [];
      const hits = new Uint32Array(rows);
      let number = 0;
      for (let row = 0; row < rows; row += 1) {
        if (words.every((ways) => ways.some((way) => texts[row].includes(way)))) hits[number++] = row;
      }
      return hits.slice(0, number);
    };

    // The order of a column is worked out once, among its different values; rows are then counted into place, equal ones in their own order.
    const rankOf = (column) => {
      if (ranks[column]) return ranks[column];
      const form = forms[column];
      const values = numeric(form) ? cells[column] : cells[column].map((value) => value && fold(value));
      const different = [...new Set(values)].filter((value) => value !== null);
      const isNumber = numeric(form) && different.every((value) => NUMBER.test(value));
      const numbers = isNumber ? Float64Array.from(different, Number) : [];
      const order = different.map((_, at) => at).sort(isNumber
        ? (one, two) => numbers[one] - numbers[two] || byDigits(different[one], different[two])
        : (one, two) => byText(different[one], different[two]));
      const places = new Map(order.map((at, place) => [different[at], place]));
      const rank = Int32Array.from(values, (value) => (value === null ? -1 : places.get(value)));
      return (ranks[column] = { rank, last: different.length });
    };
    const ordered = (hits) => {
      if (sorted < 0) return hits;
      const { rank, last } = rankOf(sorted);
      const place = (row) => (rank[row] < 0 ? last : down ? last - 1 - rank[row] : rank[row]);
      const begin = new Uint32Array(last + 2);
      for (const row of hits) begin[place(row) + 1] += 1;
      for (let at = 1; at < begin.length; at += 1) begin[at] += begin[at - 1];
      const result = new Uint32Array(hits.length);
      for (const row of hits) result[begin[place(row)]++] = row;
      return result;
    };

    const wholesOf = (column) => {
      if (exact[column]) return exact[column];
      const places = cells[column].reduce((most, value) => Math.max(most, value === null ? 0 : placesOf(value)), 0);
      return (exact[column] = { places, wholes: cells[column].map((value) => scaled(value ?? "0", places)) });
    };
    const sum = (column) => {
      const { places, wholes } = wholesOf(column);
      let total = 0n;
      for (const row of listed) total += wholes[row];
      const digits = String(total < 0n ? -total : total).padStart(places + 1, "0");
      const part = places ? `.${digits.slice(-places)}` : "";
      return grouped((total < 0n ? "-" : "") + (places ? digits.slice(0, -places) : digits) + part);
    };
    const drawSums = () => {
      if (!sums) return;
      sums.cells[0].textContent = `Sum of ${counted(listed.length)}`;
      totals.forEach((column) => { sums.cells[column].textContent = sum(column); });
    };

    const drawRow = (row) => element("tr", {}, ...forms.map((form, column) => {
      const value = cells[column][row];
      const cell = column ? element("td") : element("th", { scope: "row" });
      if (numeric(form)) cell.className = "ak-number";
      else if (form === "date" || form === "time" || form === "key") cell.className = "ak-whole-word";
      const words = shown(value, form);
      // A word that may break anywhere makes its column as narrow as a letter; only words that have to may.
      const long = words.split(/\s+/u).some((word) => word.length > WORD);
      cell.append(element(long ? "bdi" : "span", { dir: "auto", class: value === null ? "ak-none" : undefined }, words));
      return cell;
    }));
    const draw = () => {
      const last = Math.max(0, Math.ceil(listed.length / PAGE) - 1);
      page = Math.min(page, last);
      const begin = page * PAGE, end = Math.min(begin + PAGE, listed.length);
      body.replaceChildren(...Array.from(listed.subarray(begin, end), drawRow));
      status.textContent = `${listed.length === rows ? "" : `${count(listed.length)} of `}${counted(rows)}.`;
      where.textContent = listed.length ? `${count(begin + 1)} to ${count(end)} of ${count(listed.length)}` : "nothing to show";
      first.disabled = back.disabled = page === 0;
      on.disabled = end_.disabled = page === last;
      heads.forEach((_, column) => {
        const head = table.tHead.rows[0].cells[column];
        const way = column === sorted ? (down ? "descending" : "ascending") : null;
        if (way) head.setAttribute("aria-sort", way);
        else head.removeAttribute("aria-sort");
        head.querySelector(".ak-way").textContent = way ? (down ? "\u2193" : "\u2191") : "\u2195";
      });
    };
    const list = () => { listed = found(); drawSums(); listed = ordered(listed); page = 0; draw(); };
    const order = () => { listed = ordered(listed.sort()); page = 0; draw(); };
    const turn = (to) => () => { page = Math.max(0, to()); draw(); };

    const harmless = (value) => (FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value);
    const quoted = (value) => (/[",\r\n]/.test(value) || (value === "" && heads.length === 1) ? `"${value.replaceAll('"', '""')}"` : value);
    const download = () => {
      const line = (values) => `${values.map((value) => quoted(harmless(value))).join(",")}\r\n`;
      const parts = ["\ufeff", line(heads)];
      for (const row of listed) parts.push(line(forms.map((_, column) => text(column, row))));
      const address = URL.createObjectURL(new Blob(parts, { type: "text/csv;charset=utf-8" }));
      element("a", { href: address, download: `${name}.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    };

    heads.forEach((_, column) => {
      const head = table.tHead.rows[0].cells[column];
      const press = element("button", { type: "button", class: "ak-sort" }, head.textContent, element("span", { class: "ak-way", "aria-hidden": "true" }));
      press.addEventListener("click", () => {
        [sorted, down] = sorted !== column ? [column, false] : down ? [-1, false] : [column, true];
        order();
      });
      head.replaceChildren(press);
    });
    const field = element("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    let typing;
    field.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(list, TYPING); });
    const within = element("select", {}, element("option", { value: "" }, "every column"));
    heads.forEach((head, column) => within.append(element("option", { value: String(column) }, head)));
    within.addEventListener("change", list);
    const labelled = (words, control) => element("label", { class: "ak-field" }, element("span", { class: "ak-hint" }, words), control);
    const status = element("p", { role: "status", class: "ak-quiet" });
    const bar = element("div", { class: "ak-bar", role: "search", "aria-label": "Search the table" },
      labelled("Search", field), labelled("Search in", within), button("Download what is listed as CSV", download));
    const where = element("span", { class: "ak-quiet" });
    const first = button("First", turn(() => 0), "First page");
    const back = button("\u2190 Back", turn(() => page - 1), "Page before");
    const on = button("Next \u2192", turn(() => page + 1), "Next page");
    const end_ = button("Last", turn(() => Math.ceil(listed.length / PAGE) - 1), "Last page");
    const pages = element("nav", { class: "ak-pages", "aria-label": "Pages" }, first, back, where, on, end_);
    box.prepend(bar, status);
    const said = box.querySelector("[data-said]");
    if (rows > PAGE) said.replaceWith(pages);
    else said.remove();
    draw();
  };

  for (const box of document.querySelectorAll("[data-akika-evidence]:not([data-started])")) {
    box.dataset.started = "";
    // JupyterLab listens for plain keys on the whole page: what is meant for the table stays in it.
    box.dataset.lmSuppressShortcuts = "true";
    // Without the means to unpack, the first rows and their sentence stand as they are.
    start(box).catch((error) => { box.dataset.failed = error.name; });
  }
})();
