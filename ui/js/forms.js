// Forms: a file dropped on the page, a warning before unsaved work is lost, the error summary in focus.
import { find, formatNumber, icon, make } from "./dom.js";

// A form carries two megabytes of text; what is pasted beyond that goes along as a file.
const LONG_PASTE = 500_000;

class FileDrop extends HTMLElement {
  connectedCallback() {
    this.box = find(".drop", this);
    this.input = find("input[type=file]", this);
    this.input.addEventListener("change", () => this.show());
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => this.over(event, true));
    this.addEventListener("dragleave", (event) => this.over(event, false));
    this.addEventListener("drop", (event) => {
      this.over(event, false);
      if (!event.dataTransfer.files.length) return;
      this.input.files = event.dataTransfer.files;
      this.show();
    });
    find("textarea.pasted", this.closest("form"))?.addEventListener("paste", (event) => this.paste(event));
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (text.length < LONG_PASTE) return;
    event.preventDefault();
    const files = new DataTransfer();
    files.items.add(new File([text], "pasted.tsv", { type: "text/tab-separated-values" }));
    this.input.files = files.files;
    this.show();
  }

  over(event, on) {
    event.preventDefault();
    this.box.classList.toggle("over", on);
  }

  show() {
    const [file] = this.input.files;
    find(".chosen", this)?.remove();
    if (!file) return;
    const size =
      file.size < 1e6
        ? `${formatNumber(Math.ceil(file.size / 1e3))} KB`
        : `${formatNumber((file.size / 1e6).toFixed(1))} MB`;
    const line = make(
      "p",
      { class: "chosen" },
      icon("file-spreadsheet"),
      make("b", {}, file.name),
      make("span", { class: "end" }, size),
    );
    this.append(line);
    find("button[type=submit]", this.closest("form"))?.focus();
  }
}

customElements.define("file-drop", FileDrop);

// Leaving a form with unsaved work asks first.
let unsaved = null;
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) unsaved = form;
});
document.addEventListener("submit", () => (unsaved = null));
window.addEventListener("beforeunload", (event) => {
  if (unsaved?.isConnected) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form && (event.ctrlKey || event.metaKey) && event.key === "Enter") form.requestSubmit();
});

// Sending a large file takes a while: the button says so, and a second click sends nothing twice.
document.addEventListener("submit", (event) => {
  const button = find("button[data-busy]", event.target);
  if (!button) return;
  button.textContent = button.dataset.busy;
  queueMicrotask(() => (button.disabled = true));
});
// Coming back by the Back button finds the page as it was when it was sent.
addEventListener("pageshow", (event) => event.persisted && find("button[data-busy]") && location.reload());

export function focusProblems() {
  find(".problems")?.focus();
}
