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

// A further table, with its own heading.
class Grid {
  constructor(grid, drawn, send) {
    this.drawn = drawn;
    this.title = make("strong", "ub-name");
    this.about = make("span", "ub-state");
    const head = make("p", "ub-dumphead");
    head.append(this.title, " ", this.about);
    if (grid.copies) head.append(" ", button("Copy as CSV", () => send({ do: "copy", key: grid.copies })));
    this.table = new Table(grid.title, grid.columns);
    this.table.element.classList.add("ub-grid");
    this.element = make("div");
    this.element.append(head, this.table.element);
  }

  show(grid) {
    settext(this.title, grid.title);
    settext(this.about, grid.about);
    this.table.show(grid.lines);
  }
}
