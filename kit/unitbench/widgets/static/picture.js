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
    this.paint(this.svg, picture);
    if (picture.head) this.paint((this.head ??= draw("svg", { class: "ub-picture", role: "img" })), picture.head);
    const legends = JSON.stringify(picture.legend);
    if (legends !== this.legends) {
      this.legend.replaceChildren(...picture.legend.map((key) => this.key(key)));
      this.legends = legends;
    }
  }

  paint(svg, picture) {
    const { width, height } = picture;
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) {
      if (svg.getAttribute(name) !== String(value)) svg.setAttribute(name, value);
    }
    const title = draw("title", {});
    title.textContent = picture.about;
    const bands = picture.bands.map(({ key, y, height: high }) => {
      const band = draw("rect", { class: "ub-row-band", x: 0, y, width, height: high });
      band.dataset.key = key;
      return band;
    });
    const strokes = picture.strokes.map(({ kind, path, width: wide }) => {
      const stroke = draw("path", { class: `ub-${kind}`, d: path });
      if (wide) stroke.style.strokeWidth = `${wide}px`;
      return stroke;
    });
    const labels = picture.labels.map((label) => {
      const text = draw("text", { class: `ub-${label.kind}`, x: label.x, y: label.y, "text-anchor": label.anchor });
      text.textContent = label.text;
      return text;
    });
    svg.replaceChildren(title, ...bands, ...strokes, ...labels);
  }

  key({ kind, glyph, text }) {
    const key = make("span", "ub-key");
    const mark = make("span", `ub-glyph ub-${kind}`, glyph);
    mark.setAttribute("aria-hidden", "true");
    key.append(mark, make("span", "", text));
    return key;
  }
}
