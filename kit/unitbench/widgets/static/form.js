// One field of a form: its name, a control, what is allowed, and beside it what is wrong.
class Row {
  constructor(given, changed) {
    this.name = given.name;
    this.secret = given.kind === "secret";
    this.flag = given.kind === "flag";
    const id = newId();
    const label = make("label", "ub-label", given.name);
    label.htmlFor = id;
    const parts = this.flag ? [make("input", "ub-control")] : control(given.words, given.kind === "choice", given.value);
    this.input = parts[0];
    if (this.flag) this.input.type = "checkbox";
    if (this.secret) {
      this.input.type = "password";
      this.input.autocomplete = "new-password";
    }
    this.input.id = id;
    if (given.needed && !this.flag) this.input.setAttribute("aria-required", "true");
    const place = make("span", "ub-place");
    place.append(...parts, ...(given.unit ? [make("span", "ub-unit", given.unit)] : []));
    this.hint = make("span", "ub-rule");
    this.hint.id = newId();
    this.fault = make("span", "ub-fault");
    this.fault.id = newId();
    this.input.setAttribute("aria-describedby", `${this.hint.id} ${this.fault.id}`);
    const about = make("span", "ub-hint");
    about.append(this.hint, this.fault);
    this.element = make("div", "ub-row");
    this.element.append(label, place, about);
    if (!this.secret) this.input.addEventListener("input", () => changed(this.name, this.value));
  }

  get value() {
    return this.flag ? String(this.input.checked) : this.input.value;
  }

  // What a person is typing is not overwritten by what was understood of it a moment ago.
  show(given, typing) {
    this.input.disabled = Boolean(given.idle);
    this.element.classList.toggle("ub-idle", Boolean(given.idle));
    this.input.setAttribute("aria-invalid", String(Boolean(given.error)));
    settext(this.hint, given.idle || [given.about, given.rule].filter(Boolean).join(": "));
    settext(this.fault, given.error);
    if (this.flag) this.input.checked = given.value === "true";
    else if (!this.secret && !typing && this.input.value !== given.value) this.input.value = given.value;
    if (!this.flag && this.input.tagName === "INPUT") this.input.placeholder = given.example;
  }
}

// A form for a command. A secret leaves it only when it is sent, and is forgotten then.
class Form {
  constructor(send, waits) {
    this.send = send;
    this.waits = waits;
    this.rows = [];
    this.unsent = new Map();
    this.timer = 0;
    this.ended = 0;
    this.element = own(make("form", "ub-fill"));
    this.element.noValidate = true; // the catalogue judges, not the browser
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    // A notebook keeps the Enter of an input from its form.
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      this.submit();
    });
    this.command = this.list("command", (value) => this.send({ do: "command", value }));
    this.unit = this.list("unit", (value) => this.send({ do: "unit", value }));
    this.about = make("div", "ub-about");
    this.fields = make("div", "ub-rows");
    this.why = make("p", "ub-why");
    this.why.setAttribute("role", "status");
    this.confirm = this.confirmation();
    this.go = make("button", "ub-button ub-send", "Send");
    this.go.type = "submit";
    this.read = button("Read what is set now", () => {
      this.flush();
      this.send({ do: "read" });
    });
    this.foot = make("div", "ub-editline");
    this.element.append(this.command.row, this.unit.row, this.about, this.fields, this.why, this.foot);
  }

  list(name, changed) {
    const [row, label, select] = [make("div", "ub-row"), make("label", "ub-label", name), make("select", "ub-control")];
    label.htmlFor = select.id = newId();
    select.addEventListener("change", () => {
      this.flush();
      changed(select.value);
    });
    row.append(label, select);
    return { row, select, drawn: "" };
  }

  confirmation() {
    const [label, input] = [make("label", "ub-confirm"), make("input", "ub-control")];
    input.type = "text";
    input.autocomplete = "off";
    label.append(make("span"), " ", input);
    return { label, input, text: label.firstChild };
  }

  changed(name, value) {
    this.unsent.set(name, value);
    this.timer ||= setTimeout(() => this.flush(), SETTLE_MS);
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    for (const [name, value] of this.unsent) this.send({ do: "set", name, value });
    this.unsent.clear();
  }

  submit() {
    if (this.go.getAttribute("aria-disabled") === "true") return;
    this.flush();
    const secrets = this.rows.filter((row) => row.secret).map((row) => [row.name, row.value]);
    this.send({ do: "send", secrets: Object.fromEntries(secrets), confirm: this.confirm.input.value });
  }

  show(form) {
    this.options(this.command, form.commands, form.command);
    this.options(this.unit, form.units, form.unit);
    this.about.replaceChildren(...form.about.map((text) => make("p", "ub-note", text)));
    const built = JSON.stringify([form.command, form.controls.map((each) => [each.name, each.kind, each.words])]);
    if (built !== this.built) {
      this.built = built;
      this.unsent.clear();
      this.rows = form.controls.map((each) => new Row(each, (name, value) => this.changed(name, value)));
      this.fields.replaceChildren(...this.rows.map((row) => row.element));
    }
    form.controls.forEach((each, index) => {
      const row = this.rows[index];
      row.show(each, row.input === document.activeElement || this.unsent.has(each.name));
    });
    settext(this.why, form.why);
    if (this.ended !== form.ended) for (const row of this.rows) if (row.secret) row.input.value = "";
    this.ended = form.ended;
    settext(this.confirm.text, form.confirm ? `type ${form.confirm} to send it all the same` : "");
    if (!form.confirm) this.confirm.input.value = "";
    settext(this.go, form.busy ? "Waiting for the answer …" : "Send");
    enable(this.go, form.ready && !form.busy);
    enable(this.read, !form.busy && Boolean(form.unit));
    arrange(this.foot, [...(form.confirm ? [this.confirm.label] : []), this.go, ...(form.reader ? [this.read] : []), this.waits]);
  }

  options(list, words, value) {
    const drawn = JSON.stringify(words);
    if (drawn !== list.drawn) {
      list.select.replaceChildren();
      choices(list.select, words, value);
      list.drawn = drawn;
    }
    if (list.select.value !== value) list.select.value = value;
  }
}
