// Sends chosen files at once and in pieces, so that a broken line costs one piece and a long form no waiting.
// Without this script the files simply go with their form.

const WAIT_MS = [1000, 3000, 8000];

class Attachment {
  constructor(field, file) {
    this.field = field;
    this.file = file;
    this.id = newId();
    this.received = 0;
    this.state = "sending";
    this.item = this.draw();
  }

  draw() {
    const item = make("li", "upload-item");
    this.picture = make("span", "upload-picture");
    this.picture.append(icon(this.field.icons, iconOf(this.file)));
    const words = make("span", "upload-words");
    this.line = make("span", "small soft");
    this.line.setAttribute("role", "status");
    this.bar = make("progress", "upload-bar");
    this.bar.max = this.file.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `${this.field.say("sending")} ${this.file.name}`);
    words.append(make("span", "upload-name", this.file.name), this.line, this.bar);
    const buttons = make("span", "upload-buttons");
    this.again = this.button("again", () => this.send());
    this.again.hidden = true;
    buttons.append(this.again, this.button("drop", () => this.field.drop(this)));
    item.append(this.picture, words, buttons);
    return item;
  }

  button(name, act) {
    const button = make("button", "btn btn-quiet", this.field.say(name));
    button.type = "button";
    button.append(make("span", "visually-hidden", ` ${this.file.name}`));
    button.addEventListener("click", act);
    return button;
  }

  show(state, text, wrong = false) {
    this.state = state;
    this.line.textContent = text;
    this.line.className = wrong ? "small upload-wrong" : "small soft";
    this.bar.hidden = state !== "sending";
    this.again.hidden = state !== "broken";
    this.field.changed();
  }

  // Pieces one after the other; each answer tells where to go on, also after a break.
  async send() {
    this.show("sending", this.field.say("sending"));
    for (let tries = 0; this.state === "sending"; ) {
      try {
        const answer = await this.field.post(this.field.url, this.nextPiece());
        tries = 0;
        this.hear(answer);
      } catch {
        if (this.state === "dropped") return;
        if (tries >= WAIT_MS.length) return this.show("broken", this.field.say("broken"), true);
        await pause(WAIT_MS[tries]);
        tries += 1;
      }
    }
  }

  nextPiece() {
    const end = Math.min(this.received + this.field.pieceBytes, this.file.size);
    if (end === this.file.size) this.line.textContent = this.field.say("checking");
    return {
      upload: this.id,
      form_id: this.field.formId,
      name: this.file.name,
      size: this.file.size,
      offset: this.received,
      piece: this.file.slice(this.received, end),
    };
  }

  hear(answer) {
    if (this.state === "dropped") return;
    if (answer.full) return this.ride();
    if (answer.error) return this.refuse(answer.error);
    this.received = answer.received;
    this.bar.value = answer.received;
    if (answer.ready) this.finish(answer);
  }

  refuse(reason) {
    this.picture.replaceChildren(icon(this.field.icons, "exclamation-circle-fill"));
    this.show("refused", reason, true);
  }

  // Where nothing can be kept ahead of forms, the file goes with its form after all.
  ride() {
    const bag = new DataTransfer();
    bag.items.add(this.file);
    const seat = make("input");
    seat.type = "file";
    seat.name = this.field.name;
    seat.hidden = true;
    seat.files = bag.files;
    this.item.append(seat);
    this.show("ready", this.field.say("rides"));
  }

  finish(answer) {
    if (answer.thumbnail_url) {
      const picture = make("img");
      picture.alt = "";
      picture.width = picture.height = 56;
      picture.src = answer.thumbnail_url;
      this.picture.replaceChildren(picture);
    }
    const kept = make("input");
    kept.type = "hidden";
    kept.name = `${this.field.name}_kept`;
    kept.value = this.id;
    this.item.append(kept);
    this.show("ready", `${answer.size_text}, ${this.field.say("ready")}`);
  }
}

class UploadField {
  constructor(box) {
    this.box = box;
    this.url = box.dataset.upload;
    this.formId = box.dataset.formId;
    this.pieceBytes = Number(box.dataset.piece);
    this.most = Number(box.dataset.most);
    this.icons = box.dataset.icons;
    this.list = box.querySelector(".upload-list");
    this.input = box.querySelector("input[type=file]");
    this.form = this.input.form;
    this.name = this.input.name;
    this.attachments = [];
    this.queue = Promise.resolve();
    this.dropKept();
    this.drawButtons();
    this.form.addEventListener("submit", (event) => this.holdBack(event), true);
    window.addEventListener("online", () => this.goOn());
  }

  say(name) {
    return this.box.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`];
  }

  // What was there before gets a button in place of its tick.
  dropKept() {
    for (const item of this.list.querySelectorAll("[data-upload-id]")) {
      const tick = item.querySelector(".upload-drop");
      const button = make("button", "btn btn-quiet", this.say("drop"));
      button.type = "button";
      button.append(make("span", "visually-hidden", ` ${item.querySelector(".upload-name").textContent}`));
      button.addEventListener("click", () => {
        this.forget(item.dataset.uploadId);
        item.remove();
        this.changed();
        this.chooser.focus();
      });
      tick.replaceWith(button);
    }
  }

  drawButtons() {
    const buttons = make("div", "upload-choose");
    this.chooser = this.opener("choose", "paperclip", this.input);
    this.chooser.id = this.input.id;
    const described = this.input.getAttribute("aria-describedby");
    if (described) this.chooser.setAttribute("aria-describedby", described);
    const label = this.form.querySelector(`label[for="${CSS.escape(this.input.id)}"]`);
    if (label) {
      label.id ||= `${this.input.id}-label`;
      this.chooser.setAttribute("aria-labelledby", `${this.input.id} ${label.id}`);
    }
    this.input.removeAttribute("id");
    this.input.hidden = true;
    this.input.addEventListener("change", () => this.take(this.input));
    buttons.append(this.chooser);
    if (window.matchMedia("(pointer: coarse)").matches) {
      const camera = make("input");
      camera.type = "file";
      camera.accept = this.box.dataset.camera;
      camera.setAttribute("capture", "environment");
      camera.hidden = true;
      camera.addEventListener("change", () => this.take(camera));
      buttons.append(this.opener("camera", "camera", camera), camera);
    }
    this.note = make("p", "upload-note");
    this.note.setAttribute("role", "status");
    this.input.before(buttons, this.note);
  }

  opener(name, sign, input) {
    const button = make("button", "btn btn-quiet");
    button.type = "button";
    button.append(icon(this.icons, sign), this.say(name));
    button.addEventListener("click", () => input.click());
    return button;
  }

  take(input) {
    const files = [...input.files];
    input.value = "";
    const room = this.most - this.list.childElementCount;
    this.tell(files.length > room ? this.say("most") : "", true);
    for (const file of files.slice(0, Math.max(0, room))) {
      const attachment = new Attachment(this, file);
      this.attachments.push(attachment);
      this.list.append(attachment.item);
      this.queue = this.queue.then(() => (attachment.state === "sending" ? attachment.send() : null));
    }
    this.changed();
  }

  drop(attachment) {
    attachment.state = "dropped";
    attachment.item.remove();
    this.attachments = this.attachments.filter((one) => one !== attachment);
    this.forget(attachment.id);
    this.tell("");
    this.changed();
    this.chooser.focus();
  }

  forget(id) {
    this.post(this.box.dataset.drop, { upload: id, form_id: this.formId }).catch(() => {});
  }

  goOn() {
    for (const attachment of this.attachments) if (attachment.state === "broken") attachment.send();
  }

  // The form waits for what is on its way, and goes by itself when all is there.
  holdBack(event) {
    const states = this.attachments.map((one) => one.state);
    const stuck = ["refused", "broken"].find((state) => states.includes(state));
    if (!stuck && !states.includes("sending")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.tell(this.say({ refused: "refused", broken: "stuck" }[stuck] || "wait"), Boolean(stuck));
    this.submitter = stuck ? null : event.submitter || this.form.querySelector("[type=submit]");
    if (stuck) this.chooser.scrollIntoView({ block: "center" });
  }

  changed() {
    if (!this.submitter) return;
    const states = this.attachments.map((one) => one.state);
    if (states.includes("sending")) return;
    const submitter = this.submitter;
    this.submitter = null;
    this.tell("");
    setTimeout(() => this.form.requestSubmit(submitter));
  }

  tell(text, wrong = false) {
    this.note.textContent = text;
    this.note.className = wrong ? "upload-note upload-wrong" : "upload-note";
  }

  async post(url, fields) {
    const body = new FormData();
    body.append("csrf_token", this.form.querySelector("[name=csrf_token]").value);
    for (const [name, value] of Object.entries(fields)) {
      if (value instanceof Blob) body.append(name, value, "piece");
      else body.append(name, value);
    }
    const response = await fetch(url, { method: "POST", body, credentials: "same-origin" });
    const readable = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (readable && response.status === 503) return { full: true };
    if (readable && response.status < 500) return response.json();
    if (response.status >= 500 || response.status === 429) throw new Error("try again");
    return { error: this.say("failed") };
  }
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function icon(sheet, name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${sheet}#${name}`);
  picture.append(use);
  return picture;
}

function iconOf(file) {
  if (file.type.startsWith("image/")) return "image";
  if (file.type.startsWith("video/")) return "file-earmark-play";
  return file.type === "application/pdf" ? "file-earmark-pdf" : "paperclip";
}

// A random UUID; `crypto.randomUUID` is missing where there is no https.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

document.querySelectorAll("[data-upload]").forEach((box) => new UploadField(box));
