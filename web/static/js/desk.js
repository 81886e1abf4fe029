// The list of the desk: a keyboard, and picking many. The page works without it.

const OFF = "tuntas.keys.off";
const PLACE = "tuntas.place";
const SEQUENCE_MS = 1500;

const rows = [...document.querySelectorAll("[data-row]")];
const links = rows.map((row) => row.querySelector("a.title"));
const picks = [...document.querySelectorAll("[data-pick]")];
const dialog = document.getElementById("keys");
let waitsForView = 0;

// One link of the list is in the order of the tab key; j and k move it along.
function roveTo(index) {
  const link = links[index];
  if (!link) return;
  links.forEach((one) => one.setAttribute("tabindex", one === link ? "0" : "-1"));
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

function current() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function toggleCurrent() {
  const pick = picks[current()];
  if (!pick) return;
  pick.checked = !pick.checked;
  pick.dispatchEvent(new Event("change", { bubbles: true }));
}

// A case that somebody is on is opened instead: its page says from whom it would be taken.
function claimCurrent() {
  const row = rows[current()];
  const form = document.querySelector("[data-claim]");
  if (!row || !form || form.dataset.sent) return;
  if (!row.dataset.claimUrl) {
    links[current()].click();
    return;
  }
  form.dataset.sent = "yes";
  form.action = row.dataset.claimUrl;
  remember(current());
  form.submit();
}

// After a claim the list comes again: at the row that was claimed, or at its place if it is there no more.
function remember(index) {
  try {
    sessionStorage.setItem(PLACE, String(index));
  } catch {
    // A browser that keeps nothing begins at the first row.
  }
}

function goOn() {
  if (!location.hash.startsWith("#laporan-") || !links.length) return;
  const claimed = links.findIndex((link) => `#${link.id}` === location.hash);
  let place = claimed;
  try {
    if (place < 0) place = Number(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
  } catch {
    // Then at the first row.
  }
  roveTo(Math.min(Math.max(place, 0), links.length - 1));
}

function openView(key) {
  const link = document.querySelector(`[data-view-key="${CSS.escape(key)}"]`);
  if (link) link.click();
}

function search() {
  const field = document.getElementById("cari");
  if (!field) return;
  field.focus();
  field.select();
}

const KEYS = {
  j: () => roveTo(Math.min(current() + 1, links.length - 1)),
  k: () => roveTo(Math.max(current() - 1, 0)),
  x: toggleCurrent,
  c: claimCurrent,
  "/": search,
  "?": () => dialog.showModal(),
  g: () => {
    waitsForView = Date.now();
  },
};

function isTyping(target) {
  return target.matches("input:not([type=checkbox]), select, textarea") || target.isContentEditable;
}

// Single letters can be switched off: speech input and slips of the hand would press them.
function keysAreOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false;
  }
}

function hear(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key !== "j" && event.key !== "k") return;
  if (keysAreOff() || dialog.open || isTyping(event.target)) return;
  if (Date.now() - waitsForView < SEQUENCE_MS) {
    waitsForView = 0;
    event.preventDefault();
    openView(event.key);
    return;
  }
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

document.addEventListener("keydown", hear);
links.forEach((link, index) => {
  link.setAttribute("tabindex", index === 0 ? "0" : "-1");
  link.addEventListener("focus", () => links.forEach((one) => one.setAttribute("tabindex", one === link ? "0" : "-1")));
});

goOn();

// On a phone the views are one long line.
document.querySelectorAll(".views [aria-current]").forEach((link) => link.parentElement.parentElement.scrollTo({ left: link.offsetLeft - 32 }));

const opener = document.querySelector("[data-opens-keys]");
opener.hidden = false;
opener.addEventListener("click", () => dialog.showModal());
const switchOn = document.querySelector("[data-keys-on]");
switchOn.checked = !keysAreOff();
switchOn.addEventListener("change", () => {
  try {
    localStorage.setItem(OFF, switchOn.checked ? "" : "yes");
  } catch {
    // A browser that keeps nothing has its keys switched on.
  }
});

// ---- Picking many ----

const bar = document.querySelector("[data-many-bar]");
const pickAll = document.getElementById("pick-all");
let lastPicked = -1;

function showPicked() {
  const count = picks.filter((pick) => pick.checked).length;
  const text = bar.querySelector("[data-picked]");
  bar.hidden = count === 0;
  text.textContent = text.dataset.picked.replace("{}", String(count));
  pickAll.checked = count === picks.length;
  pickAll.indeterminate = count > 0 && count < picks.length;
  rows.forEach((row, index) => row.classList.toggle("is-picked", picks[index].checked));
}

function pickRange(index, checked) {
  const [from, to] = [Math.min(lastPicked, index), Math.max(lastPicked, index)];
  picks.slice(from, to + 1).forEach((pick) => {
    pick.checked = checked;
  });
}

if (bar) {
  document.querySelector("[data-pick-all]").hidden = false;
  picks.forEach((pick, index) => {
    pick.addEventListener("click", (event) => {
      if (event.shiftKey && lastPicked >= 0) pickRange(index, pick.checked);
      lastPicked = index;
      showPicked();
    });
    pick.addEventListener("change", showPicked);
  });
  pickAll.addEventListener("change", () => {
    picks.forEach((pick) => {
      pick.checked = pickAll.checked;
    });
    showPicked();
  });
  window.addEventListener("pageshow", () => {
    delete document.querySelector("[data-claim]").dataset.sent;
    showPicked();
  });
  bar.querySelector("[data-picked]").setAttribute("role", "status");
  showPicked();
}
