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
