// Shows a sheet. All text is set as text, never as markup: much of it was said by units.

const SVG = "http://www.w3.org/2000/svg";
const SAID_MS = 1000;
const DUMP_WIDTH = 16;

function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function settext(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Makes `list` the children of `parent`, moving only what is out of place.
function arrange(parent, list) {
  list.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > list.length) parent.lastElementChild.remove();
}

class Table {
  constructor(title, columns) {
    this.columns = columns;
    this.rows = new Map();
    this.element = make("div", "ub-scroll");
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", title);
    const table = make("table", "ub-table");
    table.append(make("caption", "", title), this.head(), (this.body = make("tbody")));
    this.element.append(table);
  }

  head() {
    const row = make("tr");
    for (const column of this.columns) {
      const cell = make("th", column.numeric ? "ub-number" : "", column.title);
      cell.scope = "col";
      cell.title = column.about;
      row.append(cell);
    }
    const head = make("thead");
    head.append(row);
    return head;
  }

  show(lines) {
    const first = this.rows.size === 0;
    const kept = new Map();
    for (const line of lines) {
      const known = this.rows.get(line.key) ?? { row: make("tr", first ? "" : "ub-new"), drawn: "" };
      const drawn = JSON.stringify(line);
      if (known.drawn !== drawn) {
        known.row.replaceChildren(...line.cells.map((cell, index) => this.cell(cell, index)));
        known.row.classList.toggle("ub-quiet", line.quiet);
        known.drawn = drawn;
      }
      kept.set(line.key, known);
    }
    this.rows = kept;
    arrange(this.body, [...kept.values()].map((known) => known.row));
  }

  cell(cell, index) {
    const number = this.columns[index].numeric ? " ub-number" : "";
    const element = make(index ? "td" : "th", `ub-${cell.tone}${number}`, cell.text);
    if (!index) element.scope = "row";
    if (cell.bar !== null) {
      const bar = make("span", "ub-bar");
      bar.append(make("span"));
      bar.firstChild.style.width = `${100 * cell.bar}%`;
      element.append(bar);
    }
    if (cell.sub) element.append(make("br"), make("small", "ub-sub", cell.sub));
    return element;
  }
}

// The bytes of one frame: each field a span of its own, in the hex and in the characters.
class Dump {
  constructor(choose) {
    this.choose = choose;
    this.title = make("strong", "ub-name");
    this.state = make("span", "ub-state");
    const head = make("p", "ub-dumphead");
    head.append(this.title, " ", this.state);
    this.body = make("pre", "ub-dump");
    this.element = make("div");
    this.element.append(head, this.body);
    this.drawn = "";
  }

  show(dump) {
    const drawn = JSON.stringify(dump);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    settext(this.title, dump.title);
    settext(this.state, dump.state);
    const parts = [];
    for (let at = 0; at < dump.octets.length; at += DUMP_WIDTH) {
      const end = Math.min(at + DUMP_WIDTH, dump.octets.length);
      const gap = "   ".repeat(DUMP_WIDTH - (end - at));
      parts.push(make("span", "ub-offset", at.toString(16).padStart(4, "0")), "  ");
      parts.push(...this.bands(dump, at, end, " ", (a, b) => dump.octets.slice(a, b).join(" ")), `${gap}  `);
      parts.push(...this.bands(dump, at, end, "", (a, b) => dump.glyphs.slice(a, b)));
      if (end < dump.octets.length) parts.push("\n");
    }
    this.body.replaceChildren(...parts);
  }

  bands(dump, at, end, between, shown) {
    const bands = [];
    dump.spans.forEach((span, index) => {
      const [first, last] = [Math.max(span.start, at), Math.min(span.end, end)];
      if (first >= last) return;
      const band = make("span", `ub-span ub-band${index % 2}${span.bad ? " ub-bad" : ""}`, shown(first, last));
      band.title = span.about;
      band.dataset.key = span.key;
      band.addEventListener("click", () => this.choose(span.key));
      if (bands.length && between) bands.push(between);
      bands.push(band);
    });
    return bands;
  }
}

class Picture {
  constructor() {
    this.element = make("div", "ub-figure");
    this.svg = draw("svg", { class: "ub-picture", role: "img" });
    this.legend = make("p", "ub-legend");
    this.legends = "";
    this.paths = new Map();
    this.element.append(this.svg, this.legend);
  }

  show(picture) {
    const { width, height } = picture;
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) {
      if (this.svg.getAttribute(name) !== String(value)) this.svg.setAttribute(name, value);
    }
    const title = draw("title", {});
    title.textContent = picture.about;
    const strokes = picture.strokes.map(({ kind, path, width }) => {
      const stroke = draw("path", { class: `ub-${kind}`, d: path });
      if (width) stroke.style.strokeWidth = `${width}px`;
      return stroke;
    });
    const labels = picture.labels.map((label) => {
      const text = draw("text", { class: `ub-${label.kind}`, x: label.x, y: label.y, "text-anchor": label.anchor });
      text.textContent = label.text;
      return text;
    });
    this.svg.replaceChildren(title, ...strokes, ...labels);
    const legends = JSON.stringify(picture.legend);
    if (legends !== this.legends) {
      this.legend.replaceChildren(...picture.legend.map((key) => this.key(key)));
      this.legends = legends;
    }
  }

  key({ kind, glyph, text }) {
    const key = make("span", "ub-key");
    const mark = make("span", `ub-glyph ub-${kind}`, glyph);
    mark.setAttribute("aria-hidden", "true");
    key.append(mark, make("span", "", text));
    return key;
  }
}

// One field of the dumps is chosen: by a click on its bytes or its row, or by the arrow keys in the table.
class Choice {
  constructor(view, chosen) {
    this.view = view;
    this.chosen = chosen;
    this.key = "";
    view.table.element.addEventListener("keydown", (event) => this.pressed(event));
    view.table.body.addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      for (const [key, known] of view.table.rows) if (known.row === row) this.choose(key);
    });
  }

  // Only rows whose bytes stand in a dump can be chosen.
  get keys() {
    const there = new Set(this.view.sheet.dumps.flatMap((dump) => dump.spans.map((span) => span.key)));
    return [...this.view.table.rows.keys()].filter((key) => there.has(key));
  }

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const keys = this.keys;
    if (!step || !keys.length) return;
    event.preventDefault();
    const at = keys.indexOf(this.key) + step;
    this.choose(keys[Math.min(Math.max(at, 0), keys.length - 1)]);
  }

  choose(key) {
    if (!this.keys.includes(key)) return;
    this.key = key;
    this.mark();
    const { row } = this.view.table.rows.get(key);
    row.scrollIntoView({ block: "nearest" });
    this.view.said.textContent = row.textContent;
    this.chosen(key);
  }

  mark() {
    for (const [key, { row }] of this.view.table.rows) {
      row.classList.toggle("ub-chosen", key === this.key);
      if (key === this.key) row.setAttribute("aria-selected", "true");
      else row.removeAttribute("aria-selected");
    }
    for (const span of this.view.root.querySelectorAll(".ub-span")) {
      span.classList.toggle("ub-chosen", span.dataset.key === this.key);
    }
  }
}

class View {
  constructor(root, sheet, chosen) {
    this.root = root;
    this.title = make("strong", "ub-title", sheet.title);
    this.state = make("span", "ub-state");
    this.progress = make("progress", "ub-progress");
    this.progress.setAttribute("aria-label", `${sheet.title}: progress`);
    this.lost = make("span", "ub-lost", "not connected any more: the kernel has ended");
    this.head = make("p", "ub-head");
    this.empty = make("p", "ub-empty");
    this.table = new Table(sheet.title, sheet.columns);
    this.notes = make("div", "ub-notes");
    this.said = make("div", "ub-said");
    this.said.setAttribute("role", "status");
    this.said.setAttribute("aria-live", "polite");
    this.picture = null;
    this.dumps = [];
    this.choice = sheet.dumps.length ? new Choice(this, chosen) : null;
    this.timer = 0;
  }

  show(sheet) {
    this.sheet = sheet;
    settext(this.state, sheet.state);
    arrange(this.head, [this.title, this.state, ...(sheet.progress ? [this.progress] : []), this.lost]);
    if (sheet.progress) [this.progress.value, this.progress.max] = sheet.progress;
    if (sheet.picture) (this.picture ??= new Picture()).show(sheet.picture);
    this.dumps = sheet.dumps.map((dump, index) => {
      const shown = this.dumps[index] ?? new Dump((key) => this.choice?.choose(key));
      shown.show(dump);
      return shown;
    });
    settext(this.empty, sheet.empty);
    this.table.show(sheet.lines);
    this.notes.replaceChildren(...sheet.notes.map((note) => make("p", "ub-note", note)));
    arrange(this.root, [
      this.head,
      ...(sheet.picture ? [this.picture.element] : []),
      ...this.dumps.map((dump) => dump.element),
      sheet.lines.length ? this.table.element : this.empty,
      this.notes,
      this.said,
    ]);
    this.choice?.mark();
    this.timer ||= setTimeout(() => this.tell(), SAID_MS);
  }

  tell() {
    this.timer = 0;
    settext(this.said, this.sheet.said);
  }
}

export default {
  render({ model, el }) {
    const sheet = model.get("sheet");
    const root = make("section", `ub ub-live ub-${sheet.kind}`);
    root.setAttribute("aria-label", sheet.title);
    el.append(root);
    const view = new View(root, sheet, (key) => {
      model.set("chosen", key);
      model.save_changes();
    });
    let frame = 0;
    const update = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        view.show(model.get("sheet"));
      });
    };
    // The kernel has ended: the static form comes to the fore, or, where there is none, this is said.
    const ended = () => root.classList.replace("ub-live", "ub-gone");
    view.show(sheet);
    model.on("change:sheet", update);
    model.on("comm_live_update", ended);
    return () => {
      model.off("change:sheet", update);
      model.off("comm_live_update", ended);
      cancelAnimationFrame(frame);
      clearTimeout(view.timer);
    };
  },
};
