// Leafing through the traffic: pages, one row chosen in table and diagram alike, its details, copies.
class Traffic {
  constructor(view, channel) {
    this.view = view;
    this.channel = channel;
    this.key = "";
    this.wanted = "";
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.finder = new Finder(channel.send);
    this.pages = ["newest", "newer", "older", "oldest"].map((to) => {
      return button(to[0].toUpperCase() + to.slice(1), () => channel.send({ do: "page", to }));
    });
    this.place = make("span", "ub-state");
    this.details = button("Details", () => this.open());
    this.copy = button("Copy as CSV", () => channel.send({ do: "copy", key: "" }));
    this.forms = ["both", "table", "diagram"].map((form) => {
      const choice = button(form[0].toUpperCase() + form.slice(1), () => this.form(form));
      choice.dataset.form = form;
      return choice;
    });
    const forms = make("span", "ub-group");
    forms.setAttribute("role", "group");
    forms.setAttribute("aria-label", "shown as");
    forms.append(...this.forms);
    this.tools = own(make("div", "ub-editline ub-leaf"));
    this.tools.append(forms, ...this.pages, this.place, this.details, this.copy, channel.note());
    this.copied = own(make("textarea", "ub-copied"));
    this.copied.readOnly = true;
    this.copied.hidden = true;
    this.copied.setAttribute("aria-label", "to be copied from here");
    this.diagram = own(make("div", "ub-sequence"));
    this.diagram.tabIndex = 0;
    this.diagram.setAttribute("role", "region");
    this.diagram.setAttribute("aria-label", "Sequence diagram; the arrow keys choose, Enter opens the details");
    for (const element of [own(view.table.element), this.diagram]) {
      element.addEventListener("keydown", (event) => this.pressed(event, element === this.diagram ? -1 : 1));
      element.addEventListener("dblclick", () => this.open());
    }
    view.table.body.addEventListener("click", (event) => this.choose(this.keyOf(event.target.closest("tr"))));
    this.diagram.addEventListener("click", (event) => this.choose(this.under(event)));
    this.form("both");
  }

  get keys() {
    return [...this.view.table.rows.keys()];
  }

  keyOf(row) {
    return this.keys.find((key) => this.view.table.rows.get(key).row === row);
  }

  under(event) {
    const bands = this.diagram.querySelectorAll(".ub-row-band");
    return [...bands].find((band) => {
      const { top, bottom } = band.getBoundingClientRect();
      return top <= event.clientY && event.clientY < bottom;
    })?.dataset.key;
  }

  form(form) {
    this.shown = form;
    for (const choice of this.forms) choice.setAttribute("aria-pressed", String(choice.dataset.form === form));
    this.view.table.element.hidden = form === "diagram";
    this.diagram.hidden = form === "table";
  }

  elements(sheet) {
    const picture = sheet.picture ? [this.diagram, this.view.picture.legend] : [];
    const body = sheet.lines.length ? [this.view.table.element, ...picture] : [this.view.empty];
    return [this.finder.element, this.tools, this.copied, ...body];
  }

  show(sheet) {
    const { leafing, picture } = sheet;
    this.leafing = leafing;
    this.finder.show(leafing);
    settext(this.place, this.where(leafing));
    const [newest, newer, older, oldest] = this.pages;
    enable(newest, leafing.held || leafing.newer > 0);
    enable(newer, leafing.newer > 0);
    for (const page of [older, oldest]) enable(page, leafing.last < leafing.count);
    if (picture) {
      const { diagram, view } = this;
      const first = !diagram.firstChild;
      const bottom = diagram.scrollTop + diagram.clientHeight >= diagram.scrollHeight - 8;
      if (first) {
        const head = make("div", "ub-sequencehead");
        head.append(view.picture.head);
        diagram.append(head, view.picture.svg);
      }
      if (first || (bottom && !leafing.held && !this.still.matches)) {
        requestAnimationFrame(() => (diagram.scrollTop = diagram.scrollHeight));
      }
    }
    const keys = this.keys;
    if (this.wanted && this.before !== leafing.first) {
      this.choose(this.wanted === "first" ? keys[0] : keys[keys.length - 1]);
    }
    enable(this.details, keys.includes(this.key) || Boolean(leafing.opened));
    settext(this.details, leafing.opened && leafing.opened === this.key ? "Close details" : "Details");
    this.mark();
  }

  where(leafing) {
    const newer = leafing.newer ? `, ${leafing.newer} newer` : "";
    return leafing.count ? `${leafing.first} to ${leafing.last} of ${leafing.count}${newer}` : "";
  }

  choose(key) {
    if (!key || !this.keys.includes(key)) return;
    const { row } = this.view.table.rows.get(key);
    this.wanted = "";
    this.view.said.textContent = [...row.children].map((cell) => cell.textContent).filter(Boolean).join(", ");
    this.key = key;
    enable(this.details, true);
    settext(this.details, this.leafing.opened === key ? "Close details" : "Details");
    this.mark();
    row.scrollIntoView({ block: "nearest" });
    this.diagram.querySelector(".ub-chosen")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.channel.choose(key);
  }

  mark() {
    for (const [key, { row }] of this.view.table.rows) {
      row.classList.toggle("ub-chosen", key === this.key);
      if (key === this.key) row.setAttribute("aria-selected", "true");
      else row.removeAttribute("aria-selected");
    }
    for (const band of this.diagram.querySelectorAll(".ub-row-band")) {
      band.classList.toggle("ub-chosen", band.dataset.key === this.key);
    }
  }

  open() {
    if (this.leafing.opened && this.leafing.opened === this.key) this.channel.send({ do: "close" });
    else if (this.key) this.channel.send({ do: "open", key: this.key });
  }

  // `down` is 1 where the next row below is the older one, as in the table, and -1 in the diagram.
  pressed(event, down) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: down, ArrowUp: -down }[event.key];
    const page = { PageDown: down > 0 ? "older" : "newer", PageUp: down > 0 ? "newer" : "older", Home: "newest", End: "oldest" }[event.key];
    if (step) this.step(step);
    else if (page) this.channel.send({ do: "page", to: page });
    else if (event.key === "Enter") this.open();
    else if (event.key === "Escape" && this.leafing.opened) this.channel.send({ do: "close" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step(step) {
    const keys = this.keys;
    const at = keys.indexOf(this.key);
    const to = at < 0 ? (step > 0 ? 0 : keys.length - 1) : at + step;
    if (to >= 0 && to < keys.length) return this.choose(keys[to]);
    const on = to < 0 ? this.leafing.newer > 0 : this.leafing.last < this.leafing.count;
    if (!on) return this.choose(this.key);
    if (this.wanted) return undefined; // the page that was asked for has not come yet
    this.wanted = to < 0 ? "last" : "first";
    this.before = this.leafing.first;
    this.channel.send({ do: "page", to: to < 0 ? "newer" : "older" });
  }

  // What was asked for with "copy" has come.
  async take({ text, rows }) {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = false;
    }
    this.copied.hidden = done;
    this.copied.value = done ? "" : text;
    if (!done) this.copied.select();
    const count = `${rows} row${rows === 1 ? "" : "s"}`;
    this.view.said.textContent = done ? `${count} copied` : `${count}: copy them from the field`;
    settext(this.place, `${this.where(this.leafing)} · ${this.view.said.textContent}`);
  }
}
