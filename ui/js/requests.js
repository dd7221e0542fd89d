// What all of htmx's requests have in common: clean addresses, a fresh list, and honest words when something fails.
import { find, findAll, fill } from "./dom.js";
import { keepToast, toast } from "./toasts.js";

/** The header Django asks of every write; the page carries the token once, on <body>. */
export const csrfHeader = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");

/** Show the list again, with some of its address changed ("" drops a parameter). */
export function openList(changes = {}) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    // In a saved view an empty parameter drops what the view says; columns there must be some.
    if (value === "" && (name === "columns" || !url.searchParams.has("view"))) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return openAddress(url.pathname + url.search);
}

/** Show the list of an address. */
export function openAddress(address) {
  if (!find("#results")) return location.assign(address);
  const isNew = address !== location.pathname + location.search;
  return window.htmx.ajax("GET", address, {
    source: find("#results"),
    target: "#results",
    swap: "outerMorph",
    push: isNew ? address : undefined,
  });
}

// Empty fields do not belong into an address that people share.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method !== "GET" || !ctx.sourceElement.matches?.("form[data-clean]")) return;
  if (ctx.request.body.has("view")) return;
  for (const [name, value] of [...ctx.request.body]) if (value === "") ctx.request.body.delete(name, value);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-clean]") || event.target.elements.view) return;
  for (const control of event.target.elements) if (control.name && control.value === "") control.disabled = true;
  setTimeout(() => {
    for (const control of event.target.elements) control.disabled = control.hasAttribute("data-off");
  });
});

/** Ask for what was typed before the scripts were there to hear it: a till on a slow line types at once. */
export const askTypedEarly = () => {
  for (const box of findAll("input[type=search]"))
    if (box.value !== box.defaultValue) box.dispatchEvent(new Event("input", { bubbles: true }));
};

// Typing a word into the search box is one step of history, not one per letter.
let typedBefore = false;
document.addEventListener("htmx:before:history:update", (event) => {
  if (event.detail.response?.status >= 500) return event.preventDefault();
  const typed = event.detail.sourceElement?.id === "query" && document.activeElement?.type === "search";
  if (typed && typedBefore && event.detail.history) event.detail.history.type = "replace";
  typedBefore = typed;
});

// The server says with HX-Trigger: desk:refresh that what one sees is no longer true.
// A record is drawn anew in place, so that the notice with Undo and what one was typing stay.
document.addEventListener("desk:refresh", async () => {
  if (find("#results")) return openList();
  if (await find("live-pulse[data-mode=record]")?.redraw()) return;
  keepToast();
  location.reload();
});

function showStale() {
  const notice = find("#stale");
  if (!notice || !find("#results tbody")) return false;
  const loaded = find("#results").dataset.at;
  find("span", notice).textContent = fill(notice.dataset.sentence, loaded);
  notice.hidden = false;
  return true;
}
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status < 500) return;
  if (ctx.target?.id !== "results" || !showStale()) toast(find(".toasts").dataset.failed, { kind: "error" });
});
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (!ctx?.request || ctx.response) return;
  if (ctx.target?.id !== "results" || !showStale()) toast(find(".toasts").dataset.offline, { kind: "error" });
});
document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail ?? {};
  if (ctx?.target?.id === "results" && ctx.response?.status < 500 && find("#stale")) find("#stale").hidden = true;
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#stale button")) openList();
});
