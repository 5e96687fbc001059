// Below the bytes: the chosen field as a control, and what can be done with its frame. Nothing is sent to a unit.
class Editing {
  constructor(view, send, waits) {
    this.view = view;
    this.send = send;
    this.waits = waits;
    this.id = newId();
    this.label = make("label", "ub-label");
    this.label.htmlFor = this.id;
    this.place = make("span", "ub-place");
    this.set = button("Set", () => this.put());
    this.rule = make("span", "ub-rule");
    this.rule.id = newId();
    this.fault = make("p", "ub-fault");
    this.fault.id = newId();
    const line = make("div", "ub-editline");
    line.append(this.label, this.place, this.set, this.rule);
    this.mend = button("Mend lengths and checksum", () => this.ask("mend"));
    this.undo = button("Undo", () => this.ask("undo"));
    this.reset = button("Back to the original", () => this.ask("reset"));
    this.repair = button("Apply the likeliest repair", () => this.ask("repair"));
    this.damage = make("span", "ub-rule");
    this.tools = make("div", "ub-editline");
    this.element = own(make("div", "ub-edit"));
    this.element.setAttribute("role", "group");
    this.element.append(line, this.fault, this.tools);
    this.key = this.built = this.value = "";
  }

  get number() {
    return Number(this.key.slice(1).split(".")[0]) || 0;
  }

  ask(what) {
    this.send({ do: what, key: `f${this.number}` });
  }

  put() {
    if (this.input) this.send({ do: "put", key: this.key, value: this.input.value });
  }

  focus() {
    this.input?.focus();
  }

  show(editing, key) {
    if (!editing) return;
    this.key = key;
    const entry = editing.entries.find((each) => each.key === key);
    const tools = editing.tools[this.number] ?? editing.tools[0];
    this.element.setAttribute("aria-label", `edit ${tools.title}`);
    settext(this.label, entry?.label ?? "choose a byte or a field to edit it");
    settext(this.rule, entry ? entry.locked || entry.rule : "");
    settext(this.fault, editing.refused);
    this.build(entry);
    const bad = Boolean(editing.refused) && editing.at === key;
    this.input?.setAttribute("aria-invalid", String(bad));
    this.set.hidden = !this.input;
    enable(this.undo, tools.undo);
    enable(this.reset, tools.undo);
    enable(this.mend, tools.mend);
    settext(this.damage, tools.repair);
    arrange(this.tools, [this.mend, this.undo, this.reset, ...(tools.repair ? [this.repair, this.damage] : []), this.waits]);
  }

  // The control is made anew for another field only: what is being typed stays.
  build(entry) {
    const built = JSON.stringify([entry?.key, entry?.words, entry?.locked]);
    if (built === this.built && entry?.value === this.value) return;
    if (built === this.built && this.input?.tagName === "INPUT") this.input.value = entry.value;
    else this.renew(entry && !entry.locked ? control(entry.words, entry.only, entry.value) : []);
    this.built = built;
    this.value = entry?.value ?? "";
  }

  renew(parts) {
    const focused = Boolean(this.input) && this.input === document.activeElement;
    this.input = parts[0] ?? null;
    this.place.replaceChildren(...parts);
    if (!this.input) return;
    this.input.id = this.id;
    this.input.setAttribute("aria-describedby", `${this.rule.id} ${this.fault.id}`);
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.put();
      if (event.key === "Escape") this.view.table.element.focus();
    });
    if (focused) this.input.focus();
  }
}
