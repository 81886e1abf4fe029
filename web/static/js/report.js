// Comforts of the report form and its receipt; without them the same is done by buttons and pages.

const PAUSE_MS = 180;
const SHORTEST = 2;

// Suggests regions while somebody types: a combobox with a list, after the pattern of the ARIA guide.
class RegionPicker {
  constructor(field) {
    this.field = field;
    this.input = field.querySelector("#region");
    this.asked = field.querySelector("[name=region_asked]");
    this.prepareMarkup();
    this.options = [];
    this.active = -1;
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
  }

  prepareMarkup() {
    this.field.querySelector("[data-region-find]").remove();
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: "region-list", className: "region-list", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.field.querySelector("label").firstChild.textContent.trim());
    this.news = document.createElement("div");
    this.news.className = "visually-hidden";
    this.news.setAttribute("role", "status");
    this.input.after(this.list, this.news);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": "region-list",
      "aria-expanded": "false",
    })) {
      this.input.setAttribute(name, value);
    }
  }

  // The hidden code; the server's own choices, where it showed some, make room for it.
  setCode(value) {
    this.field.querySelector(".region-found")?.remove();
    let code = this.field.querySelector("[name=region_code]");
    if (!code) {
      code = document.createElement("input");
      Object.assign(code, { type: "hidden", name: "region_code" });
      this.input.after(code);
    }
    code.value = value;
  }

  typed() {
    this.setCode("");
    this.asked.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  async ask() {
    const words = this.input.value.trim();
    if (words.length < SHORTEST) {
      this.close();
      return;
    }
    try {
      const answer = await fetch(`${this.field.dataset.region}?q=${encodeURIComponent(words)}`);
      const found = answer.ok ? await answer.json() : [];
      if (words === this.input.value.trim() && document.activeElement === this.input) {
        this.show(found);
      }
    } catch {
      this.close();
    }
  }

  show(found) {
    this.options = found;
    this.list.replaceChildren(...found.map((region, place) => this.item(region, place)));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.news.textContent = found.length > 0 ? this.field.dataset.saySome : this.field.dataset.sayNone;
    this.mark(-1);
  }

  item(region, place) {
    const item = document.createElement("li");
    const name = document.createElement("strong");
    const around = document.createElement("span");
    const comma = region.name.indexOf(", ");
    name.textContent = comma < 0 ? region.name : region.name.slice(0, comma);
    around.textContent = comma < 0 ? "" : region.name.slice(comma + 2);
    item.append(name, around);
    item.id = `region-option-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.choose(place);
    });
    return item;
  }

  pressed(event) {
    if (this.list.hidden) {
      return;
    }
    const last = this.options.length - 1;
    const moves = { ArrowDown: this.active < last ? this.active + 1 : 0, ArrowUp: this.active > 0 ? this.active - 1 : last };
    if (event.key in moves) {
      event.preventDefault();
      this.mark(moves[event.key]);
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }

  mark(place) {
    this.active = place;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    if (place < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", `region-option-${place}`);
    this.list.children[place].scrollIntoView({ block: "nearest" });
  }

  choose(place) {
    const region = this.options[place];
    this.input.value = region.name;
    this.asked.value = region.name;
    this.setCode(region.code);
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }
}

// Buttons that only a script can serve appear with it.
function offerCopy(button) {
  if (!navigator.clipboard) {
    return;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("span").textContent = button.dataset.done;
  });
}

function offerPrint(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelectorAll("[data-region]").forEach((field) => new RegionPicker(field));
document.querySelectorAll("[data-copy]").forEach(offerCopy);
document.querySelectorAll("[data-print]").forEach(offerPrint);
