// One field of the dumps is chosen: by a click on its bytes or its row, or by the arrow keys in the table.
class Choice {
  constructor(view, chosen) {
    this.view = view;
    this.chosen = chosen;
    this.key = "";
    own(view.table.element).addEventListener("keydown", (event) => this.pressed(event));
    view.table.body.addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      for (const [key, known] of view.table.rows) if (known.row === row) this.choose(key);
    });
  }

  // Only rows that are about bytes can be chosen.
  get keys() {
    const there = new Set(this.view.sheet.dumps.flatMap((dump) => dump.spans.map((span) => span.key)));
    return [...this.view.table.rows.keys()].filter((key) => there.has(key));
  }

  pressed(event) {
    if (event.key === "Enter" && this.view.editing) {
      event.preventDefault();
      this.view.editing.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const keys = this.keys;
    if (!step || !keys.length) return;
    event.preventDefault();
    const at = keys.indexOf(this.key) + step;
    this.choose(keys[Math.min(Math.max(at, 0), keys.length - 1)]);
  }

  choose(key, said = "") {
    if (!this.keys.includes(key)) return;
    const { row } = this.view.table.rows.get(key);
    this.view.said.textContent = said || row.textContent;
    if (this.key === key) return;
    this.key = key;
    this.mark();
    row.scrollIntoView({ block: "nearest" });
    this.view.editing?.show(this.view.sheet.editing, key);
    this.chosen(key);
  }

  mark() {
    for (const [key, { row }] of this.view.table.rows) {
      row.classList.toggle("ub-chosen", key === this.key);
      if (key === this.key) row.setAttribute("aria-selected", "true");
      else row.removeAttribute("aria-selected");
    }
    for (const dump of this.view.dumps) dump.choose(this.key);
  }
}
