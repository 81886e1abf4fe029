// Comforts on top of pages that work without any script.

// A second click on a form that is being sent does nothing; the server would refuse it anyway.
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
}

// Words that were typed and not sent are not lost to a stray click.
function warnOfUnsent(form) {
  const warn = (event) => event.preventDefault();
  form.addEventListener("input", () => window.addEventListener("beforeunload", warn), { once: true });
  form.addEventListener("submit", () => window.removeEventListener("beforeunload", warn));
}

document.querySelectorAll("form[data-once]").forEach(sendOnce);
document.querySelectorAll("form[data-keep]").forEach(warnOfUnsent);

// A page that the back button restores may send again. It may carry the same id or, when the browser fetched it
// anew and only put the typed words back, another one: the server knows the words and takes them once.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// A menu that was unfolded folds again when the focus or the finger goes elsewhere.
document.querySelectorAll("details[data-menu]").forEach((menu) => {
  const fold = (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", fold);
  document.addEventListener("focusin", fold);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
