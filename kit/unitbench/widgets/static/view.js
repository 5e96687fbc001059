class View {
  constructor(root, sheet, channel) {
    this.root = root;
    this.channel = channel;
    this.title = make("strong", "ub-title", sheet.title);
    this.state = make("span", "ub-state");
    this.progress = make("progress", "ub-progress");
    this.progress.setAttribute("aria-label", `${sheet.title}: progress`);
    this.lost = make("span", "ub-lost", "not connected any more: the kernel has ended");
    this.waits = channel.note();
    this.head = make("p", "ub-head");
    this.empty = make("p", "ub-empty");
    this.table = new Table(sheet.title, sheet.columns);
    this.notes = make("div", "ub-notes");
    this.said = make("div", "ub-said");
    this.said.setAttribute("role", "status");
    this.said.setAttribute("aria-live", "polite");
    this.picture = this.choice = this.editing = this.form = this.traffic = null;
    this.stack = make("div", "ub-dumps");
    this.dumps = [];
    this.grids = [];
    this.parts = [];
    this.timer = 0;
  }

  show(sheet) {
    this.sheet = sheet;
    settext(this.title, sheet.title);
    settext(this.state, sheet.state);
    arrange(this.head, [this.title, this.state, ...(sheet.progress ? [this.progress] : []), this.waits, this.lost]);
    if (sheet.progress) [this.progress.value, this.progress.max] = sheet.progress;
    if (sheet.picture) (this.picture ??= new Picture()).show(sheet.picture);
    if (sheet.form) (this.form ??= new Form(this.channel.send, this.channel.note())).show(sheet.form);
    if (sheet.dumps.length) this.choice ??= new Choice(this, this.channel.choose);
    if (sheet.editing) this.editing ??= new Editing(this, this.channel.send, this.channel.note());
    this.stacked(sheet);
    settext(this.empty, sheet.empty);
    this.table.show(sheet.lines);
    this.sideBySide(sheet.grids);
    if (sheet.leafing) (this.traffic ??= new Traffic(this, this.channel)).show(sheet);
    this.below(sheet.parts);
    const notes = sheet.form ? [] : sheet.notes; // a form has them where they belong
    this.notes.replaceChildren(...notes.map((note) => make("p", "ub-note", note)));
    const { traffic } = this;
    const grids = this.grids.map((grid) => grid.element);
    const table = sheet.form ? [] : [sheet.lines.length ? this.table.element : this.empty];
    arrange(this.root, [
      this.head,
      ...(sheet.form ? [this.form.element] : []),
      ...(sheet.picture && !traffic ? [this.picture.element] : []),
      ...(sheet.dumps.length ? [this.stack] : []),
      ...(sheet.editing ? [this.editing.element] : []),
      ...(traffic ? [...traffic.elements(sheet), this.notes] : [...grids, ...table, this.notes]),
      ...this.parts.map((part) => part.root),
      ...(traffic ? grids : []),
      this.said,
    ]);
    this.choice?.mark();
    this.editing?.show(sheet.editing, this.choice?.key ?? "");
    this.timer ||= setTimeout(() => this.tell(), SAID_MS);
  }

  stacked(sheet) {
    this.dumps = sheet.dumps.map((dump, index) => {
      const shown = this.dumps[index] ?? new Dump(this, index, this.channel.send);
      shown.show(dump, Boolean(sheet.editing) && dump.octets.length <= MOST_CELLS);
      return shown;
    });
    arrange(this.stack, this.dumps.map((dump) => dump.element));
  }

  sideBySide(grids) {
    this.grids = grids.map((grid, index) => {
      const drawn = JSON.stringify(grid.columns);
      const known = this.grids[index]?.drawn === drawn ? this.grids[index] : new Grid(grid, drawn, this.channel.send);
      known.show(grid);
      return known;
    });
  }

  below(parts) {
    // What is chosen within the details of a row is not the row that is chosen.
    const part = { ...this.channel, note: () => make("span") };
    const channel = this.traffic ? { ...part, choose() {} } : part;
    this.parts = parts.map((part, index) => {
      const known = this.parts[index] ?? new View(make("div", `ub-part ub-${part.kind}`), part, channel);
      known.show(part);
      return known;
    });
  }

  tell() {
    this.timer = 0;
    if (this.sheet.said || !this.choice) settext(this.said, this.sheet.said);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.form?.timer);
    clearTimeout(this.traffic?.finder.timer);
    for (const part of this.parts) part.close();
  }
}

export default {
  render({ model, el }) {
    const sheet = model.get("sheet");
    const root = make("section", `ub ub-live ub-${sheet.kind}`);
    root.setAttribute("aria-label", sheet.title);
    const post = new Post(model);
    el.append(root);
    const view = new View(root, sheet, {
      send: (message) => post.send(message),
      note: () => post.note(),
      choose: (key) => {
        if (model.get("chosen") === undefined) return;
        model.set("chosen", key);
        model.save_changes();
      },
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
    const heard = (message) => {
      post.heard(message);
      if (message.copy !== undefined) view.traffic?.take(message);
    };
    view.show(sheet);
    model.on("msg:custom", heard);
    model.on("change:sheet", update);
    model.on("comm_live_update", ended);
    return () => {
      model.off("msg:custom", heard);
      model.off("change:sheet", update);
      model.off("comm_live_update", ended);
      cancelAnimationFrame(frame);
      post.close();
      view.close();
    };
  },
};
