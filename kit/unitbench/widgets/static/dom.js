// Shows a sheet. All text is set as text, never as markup: much of it was said by units.

const SVG = "http://www.w3.org/2000/svg";
const SAID_MS = 1000;
const DUMP_WIDTH = 16;
const SETTLE_MS = 150;
const MOST_CELLS = 4096; // bytes of a frame that each get a cell of their own; a longer one is edited by its fields

function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function settext(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Makes `list` the children of `parent`, moving only what is out of place.
function arrange(parent, list) {
  list.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > list.length) parent.lastElementChild.remove();
}

function button(text, action) {
  const element = make("button", "ub-button", text);
  element.type = "button";
  element.addEventListener("click", () => element.getAttribute("aria-disabled") === "true" || action());
  return element;
}

// A button that can do nothing now keeps its place and the focus.
function enable(element, able) {
  element.setAttribute("aria-disabled", String(!able));
}

let made = 0;
function newId() {
  made += 1;
  return `ub-${made}-${Math.random().toString(36).slice(2)}`;
}

// The choices of a list or of suggestions; a value that is none of them is shown as what it is.
function choices(parent, words, value = null) {
  const groups = new Map();
  const known = words.map((word) => word.value);
  const odd = value !== null && !known.includes(value);
  for (const word of odd ? [{ value, text: value ? `${value} (not one of them)` : "choose …", group: "" }, ...words] : words) {
    const option = make("option", "", word.text);
    option.value = word.value;
    if (word.group && !groups.has(word.group)) {
      const group = make("optgroup");
      group.label = word.group;
      groups.set(word.group, group);
      parent.append(group);
    }
    (groups.get(word.group) ?? parent).append(option);
  }
  if (value !== null) parent.value = value;
  return parent;
}

// What a person gives a value with: a list where only its words may be given, else a line with suggestions.
function control(words, only, value) {
  if (only) return [choices(make("select", "ub-control"), words, value)];
  const input = make("input", "ub-control");
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.value = value;
  if (!words.length) return [input];
  const list = choices(make("datalist"), words);
  list.id = newId();
  input.setAttribute("list", list.id);
  return [input, list];
}

// Keys that are meant for a control are no shortcuts of the page around it.
function own(element) {
  element.dataset.lmSuppressShortcuts = "true";
  return element;
}
