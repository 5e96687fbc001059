// The bytes of one frame: each field a span of its own, in the hex and in the characters. Where they can be edited
// there is a cursor: two digits overwrite a byte, Insert puts one in, Delete and Backspace take one out.
class Dump {
  constructor(view, number, send) {
    this.view = view;
    this.frame = `f${number}`;
    this.send = send;
    this.title = make("strong", "ub-name");
    this.state = make("span", "ub-state");
    const head = make("p", "ub-dumphead");
    head.append(this.title, " ", this.state);
    this.body = make("pre", "ub-dump");
    this.element = make("div");
    this.element.append(head, this.body);
    this.drawn = "";
    this.at = 0;
    this.digit = "";
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.body.addEventListener("keydown", (event) => this.pressed(event));
  }

  show(dump, editable) {
    const drawn = JSON.stringify([dump, editable]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.dump = dump;
    this.editable = editable;
    settext(this.title, dump.title);
    settext(this.state, dump.state);
    this.body.toggleAttribute("tabindex", editable);
    if (editable) {
      own(this.body).tabIndex = 0;
      this.body.setAttribute("role", "application");
      const keys = "arrow keys move, two digits overwrite a byte, Insert and Delete put in and take out";
      this.body.setAttribute("aria-label", `bytes of ${dump.title}: ${keys}`);
    }
    const parts = [];
    const size = dump.octets.length;
    for (let at = 0; at < size; at += DUMP_WIDTH) {
      const end = Math.min(at + DUMP_WIDTH, size);
      const last = end === size && editable && end - at < DUMP_WIDTH;
      const gap = "   ".repeat(DUMP_WIDTH - (end - at) - (last ? 1 : 0));
      parts.push(make("span", "ub-offset", at.toString(16).padStart(4, "0")), "  ");
      parts.push(...this.bands(dump, at, end, " ", (a) => dump.octets[a]));
      parts.push(...(last ? [" ", this.byte(size, "··")] : []), `${gap}  `);
      parts.push(...this.bands(dump, at, end, "", (a) => dump.glyphs[a]));
      if (end < size || (editable && !last)) parts.push("\n");
    }
    if (editable && size % DUMP_WIDTH === 0) {
      parts.push(make("span", "ub-offset", size.toString(16).padStart(4, "0")), "  ", this.byte(size, "··"));
    }
    this.body.replaceChildren(...parts);
    this.at = Math.min(this.at, size);
    this.type(this.digit);
    this.mark();
  }

  bands(dump, at, end, between, shown) {
    const bands = [];
    dump.spans.forEach((span, index) => {
      const [first, last] = [Math.max(span.start, at), Math.min(span.end, end)];
      if (first >= last) return;
      const band = make("span", `ub-span ub-band${index % 2}${span.bad ? " ub-bad" : ""}`);
      for (let byte = first; byte < last; byte += 1) {
        if (byte > first && between) band.append(between);
        band.append(this.editable ? this.byte(byte, shown(byte)) : shown(byte));
      }
      band.title = span.about;
      band.dataset.key = span.key;
      if (bands.length && between) bands.push(between);
      bands.push(band);
    });
    return bands;
  }

  byte(at, text) {
    const element = make("span", "ub-byte", text);
    element.dataset.at = at;
    return element;
  }

  choose(key) {
    for (const band of this.body.querySelectorAll(".ub-span")) {
      band.classList.toggle("ub-chosen", band.dataset.key === key);
    }
  }

  clicked(event) {
    const byte = event.target.closest(".ub-byte");
    if (byte) this.go(Number(byte.dataset.at));
    else this.view.choice?.choose(event.target.closest(".ub-span")?.dataset.key);
  }

  mark() {
    for (const byte of this.body.querySelectorAll(".ub-byte")) {
      byte.classList.toggle("ub-cursor", Number(byte.dataset.at) === this.at);
    }
  }

  go(at) {
    this.type("");
    this.at = Math.min(Math.max(at, 0), this.dump.octets.length);
    this.mark();
    const span = this.dump.spans.find(({ start, end }) => start <= this.at && this.at < end);
    if (span) this.view.choice?.choose(span.key, `byte ${this.at}: ${this.dump.octets[this.at]}, ${span.about}`);
    else this.view.said.textContent = `byte ${this.at}: behind the last`;
  }

  // The first digit of two stands in the cursor's cell until the second comes.
  type(digit) {
    this.digit = digit;
    const cell = this.body.querySelector(`.ub-byte[data-at="${this.at}"]`);
    if (cell) cell.textContent = digit ? `${digit}_` : (this.dump.octets[this.at] ?? "··");
  }

  splice(start, end, octets) {
    this.send({ do: "splice", key: this.frame, start, end, octets });
  }

  pressed(event) {
    if (!this.editable || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z") return;
      this.send({ do: "undo", key: this.frame });
    } else if (!this.moved(event.key) && !this.edited(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  moved(key) {
    const row = this.at - (this.at % DUMP_WIDTH);
    const to = {
      ArrowLeft: this.at - 1,
      ArrowRight: this.at + 1,
      ArrowUp: this.at - DUMP_WIDTH,
      ArrowDown: this.at + DUMP_WIDTH,
      Home: row,
      End: row + DUMP_WIDTH - 1,
    }[key];
    if (to === undefined) return false;
    this.go(to);
    return true;
  }

  edited(key) {
    const [at, size] = [this.at, this.dump.octets.length];
    if (/^[0-9a-fA-F]$/.test(key)) {
      if (!this.digit) this.type(key.toLowerCase());
      else {
        const octet = this.digit + key.toLowerCase();
        this.type("");
        this.splice(at, Math.min(at + 1, size), octet);
        this.at = at + 1;
        this.mark();
      }
    } else if (key === "Insert") this.splice(at, at, "00");
    else if (key === "Delete") at < size && this.splice(at, at + 1, "");
    else if ((key === "Backspace" || key === "Escape") && this.digit) this.type("");
    else if (key === "Backspace") {
      if (at > 0) this.splice(at - 1, at, "");
      this.at = Math.max(0, at - 1);
      this.mark();
    } else return false;
    return true;
  }
}
