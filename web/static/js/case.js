// The page of a case works without this: here drafts keep themselves, previews come without a round trip, and
// saved replies land where the cursor is.

const PAUSE_MS = 2000;

// What a form says, without its files: they are sent with the form alone.
function typed(form, step) {
  const content = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") content.append(name, value);
  }
  content.set("step", step);
  return content;
}

function ask(form, step, signal) {
  return fetch(form.action, {
    method: "POST",
    body: typed(form, step),
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    redirect: "error",
    signal,
  });
}

// Two seconds after the last letter the form is kept; what is being kept while the form is sent is called off.
function keepDraft(form) {
  const note = form.querySelector("[data-draft-note]");
  let timer = 0;
  let underway = new AbortController();
  const warn = (event) => event.preventDefault();
  const save = async () => {
    underway = new AbortController();
    try {
      const answer = await ask(form, "draft", underway.signal);
      if (!answer.ok) throw new Error(String(answer.status));
      note.textContent = (await answer.json()).saved;
      window.removeEventListener("beforeunload", warn);
    } catch (problem) {
      if (problem.name !== "AbortError") note.textContent = note.dataset.lost;
    }
  };
  form.addEventListener("input", () => {
    window.addEventListener("beforeunload", warn);
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    window.clearTimeout(timer);
    underway.abort();
    window.removeEventListener("beforeunload", warn);
  });
}

// A preview that cannot be fetched comes by the round trip, which shows what is wrong with the form as well.
function previewInPlace(form) {
  const place = form.querySelector("[data-preview]");
  const button = form.querySelector('button[name="step"][value="preview"]');
  if (!place || !button) return;
  button.addEventListener("click", async (event) => {
    if (button.dataset.failed || !form.reportValidity()) return;
    event.preventDefault();
    try {
      const answer = await ask(form, "preview");
      if (!answer.ok) throw new Error(String(answer.status));
      place.innerHTML = (await answer.json()).html;
      place.firstElementChild.focus();
    } catch {
      button.dataset.failed = "yes";
      button.click();
    }
  });
}

function insertReply(form) {
  const choice = form.querySelector('select[name="saved_reply"]');
  const button = form.querySelector('button[name="step"][value="insert"]');
  const words = form.querySelector('textarea[name="words"]');
  if (!choice || !button || !words) return;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const chosen = choice.selectedOptions[0];
    if (!chosen || !chosen.dataset.text) {
      choice.focus();
      return;
    }
    words.setRangeText(chosen.dataset.text, words.selectionStart, words.selectionEnd, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
    words.focus();
  });
}

// Of all people only those of the chosen unit are offered.
function narrowAccused(form) {
  const unit = form.querySelector('select[name="accused"]');
  const person = form.querySelector('select[name="accused_person"]');
  if (!unit || !person) return;
  const narrow = () => {
    const name = unit.value ? unit.selectedOptions[0].text : "";
    person.querySelectorAll("optgroup").forEach((group) => {
      group.hidden = group.disabled = name !== "" && group.label !== name;
    });
    const chosen = person.selectedOptions[0];
    if (chosen && chosen.parentElement.disabled) person.value = "";
  };
  unit.addEventListener("change", narrow);
  narrow();
}

document.querySelectorAll("form[data-draft]").forEach((form) => {
  keepDraft(form);
  previewInPlace(form);
  insertReply(form);
  narrowAccused(form);
});

// Who enters reports one after the other begins typing at once.
const first = document.querySelector('[data-focus-first] input:not([type="hidden"])');
if (first && !document.querySelector("[autofocus]")) first.focus();

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
