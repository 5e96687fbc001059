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
