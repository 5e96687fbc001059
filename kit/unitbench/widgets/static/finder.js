// The filter: a line that is read as it is typed, what may come next below it, and where it cannot be understood.
class Finder {
  constructor(send) {
    this.send = send;
    this.hints = [];
    this.active = -1;
    this.timer = 0;
    const id = newId();
    const label = make("label", "ub-label", "Filter");
    label.htmlFor = id;
    this.input = make("input", "ub-control ub-filter");
    this.input.id = id;
    this.input.type = "text";
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    this.input.placeholder = "unit=k1 outcome=refused, not origin=shell-1, rtt>10ms";
    this.list = make("ul", "ub-hints");
    this.list.id = newId();
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "what may come next");
    this.fault = make("p", "ub-fault");
    this.fault.id = newId();
    this.fault.setAttribute("role", "status");
    this.where = make("pre", "ub-where");
    this.where.setAttribute("aria-hidden", "true");
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id, "aria-describedby": this.fault.id,
    })) this.input.setAttribute(name, value);
    const box = make("span", "ub-finder");
    box.append(this.input, this.list);
    const line = make("div", "ub-editline");
    line.append(label, box, button("Clear", () => this.take("", 0)));
    this.element = own(make("div", "ub-filterbar"));
    this.element.append(line, this.where, this.fault);
    this.input.addEventListener("input", () => {
      this.hide();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), SETTLE_MS);
    });
    this.input.addEventListener("focus", () => this.ask());
    this.input.addEventListener("blur", () => this.hide());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the line keeps the focus
      const at = [...this.list.children].indexOf(event.target.closest("li"));
      if (at >= 0) this.accept(at);
    });
  }

  ask() {
    clearTimeout(this.timer);
    this.send({ do: "filter", text: this.input.value, at: this.input.selectionStart ?? this.input.value.length });
  }

  take(line, at) {
    this.input.value = line;
    this.input.setSelectionRange(at, at);
    this.hide();
    this.ask();
  }

  accept(at) {
    const hint = this.hints[at];
    if (hint) this.take(hint.line, hint.at);
  }

  get open() {
    return !this.list.hidden;
  }

  hide() {
    this.list.hidden = true;
    this.mark(-1);
    this.judge();
  }

  mark(at) {
    this.active = at;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    const item = this.list.children[at];
    this.input.setAttribute("aria-expanded", String(this.open));
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.hints.length) {
      this.list.hidden = false;
      const count = this.hints.length;
      this.mark(this.active < 0 ? (step > 0 ? 0 : count - 1) : (this.active + step + count) % count);
    } else if (event.key === "Enter" || (event.key === "Tab" && this.active >= 0)) {
      if (this.active >= 0) this.accept(this.active);
      else {
        this.hide();
        this.ask();
      }
    } else if (event.key === "Escape" && this.open) this.hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  show(leafing) {
    const focused = this.input.getRootNode().activeElement === this.input;
    if (!focused && this.input.value !== leafing.filter) this.input.value = leafing.filter;
    const current = leafing.filter === this.input.value;
    this.leafing = leafing;
    const drawn = JSON.stringify([leafing.filter, leafing.hints]);
    if (drawn !== this.drawn && current) {
      this.drawn = drawn;
      this.hints = leafing.hints;
      this.list.replaceChildren(...leafing.hints.map((hint) => this.hint(hint)));
      this.list.hidden = !focused || !leafing.hints.length;
      this.mark(-1);
    }
    this.judge();
  }

  // While there is something to choose from, the line is unfinished rather than wrong.
  judge() {
    const { holds, error, where } = this.leafing ?? {};
    const wrong = Boolean(error) && !this.open;
    this.input.setAttribute("aria-invalid", String(wrong));
    settext(this.fault, wrong ? `${error}${holds ? `; shown is ${holds}` : ""}` : "");
    this.where.hidden = !wrong || !where;
    if (this.where.hidden) return;
    this.where.replaceChildren(where[0], make("mark", "", where[1]), where[2]);
  }

  hint(hint) {
    const item = make("li", "", hint.text);
    item.id = newId();
    item.setAttribute("role", "option");
    item.append(" ", make("small", "ub-sub", hint.about));
    return item;
  }
}
