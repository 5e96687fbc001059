// What a person does in a view goes to the kernel, which says that it took it. Where a cell keeps the kernel from
// that, the view says so by itself: the kernel cannot.
const TAKEN_MS = 400;
const WAITS =
  "the kernel is busy with a cell: what you did here waits until it has ended; a shell on the same session does not wait";

class Post {
  constructor(model) {
    this.model = model;
    this.id = newId();
    this.sent = this.taken = this.timer = 0;
    this.notes = [];
  }

  // A place that shows whether the kernel has everything; the first one tells it to who does not see it.
  note() {
    const note = make("span", "ub-waits");
    note.setAttribute(...(this.notes.length ? ["aria-hidden", "true"] : ["role", "status"]));
    this.notes.push(note);
    return note;
  }

  send(message) {
    this.sent += 1;
    this.model.send({ ...message, post: [this.id, this.sent] });
    this.timer ||= setTimeout(() => this.late(), TAKEN_MS);
  }

  late() {
    this.timer = 0;
    for (const note of this.notes) settext(note, this.taken < this.sent ? WAITS : "");
  }

  heard(message) {
    if (message.taken?.[0] !== this.id) return;
    this.taken = message.taken[1];
    if (this.taken === this.sent) {
      this.close();
      this.late();
    }
  }

  close() {
    clearTimeout(this.timer);
    this.timer = 0;
  }
}
