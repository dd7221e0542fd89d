// Short notices at the lower edge, with Undo where a thing can be undone.
import { find, findAll, icon, make } from "./dom.js";

const KEPT = "desk.toasts";
const shown = new Map();

export function toast(text, { kind = "good", undo_url = "", link_url = "", link_text = "", seconds = 6 } = {}) {
  const box = find(".toasts");
  const live = find("[role=status]", box);
  const notice = make("div", { class: `toast-x ${kind}` }, icon(kind === "error" ? "circle-x" : "circle-check"));
  notice.append(make("p", {}, text));
  shown.set(notice, [text, { kind, undo_url, link_url, link_text, seconds }]);
  const remove = () => {
    shown.delete(notice);
    notice.remove();
    if (!live.children.length) box.hidePopover?.();
  };
  if (undo_url) {
    const undo = make("button", { type: "button" }, box.dataset.undo);
    undo.addEventListener("click", () => {
      window.htmx.ajax("POST", undo_url, { source: document.body, swap: "none" });
      remove();
    });
    notice.append(undo);
  }
  if (link_url) notice.append(make("a", { href: link_url }, link_text));
  live.append(notice);
  // Showing again puts the box on top of a dialog that opened meanwhile.
  box.hidePopover?.();
  box.showPopover?.();
  let timer = setTimeout(remove, seconds * 1000);
  notice.addEventListener("pointerenter", () => clearTimeout(timer));
  notice.addEventListener("pointerleave", () => (timer = setTimeout(remove, 2500)));
}

/** Have the latest notice shown again by the page that comes next in this tab. */
export function keepToast() {
  sessionStorage.setItem(KEPT, JSON.stringify([...shown.values()].slice(-1)));
}

/** Turn the notices that the server put into the page (after a redirect), or the page before kept, into toasts. */
export function showFlashes() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  sessionStorage.removeItem(KEPT);
  for (const notice of kept) toast(...notice);
  for (const flash of findAll("[data-flash]")) {
    toast(flash.textContent.trim(), { kind: flash.dataset.flash, undo_url: flash.dataset.undo });
    flash.remove();
  }
}

// The server answers with HX-Trigger: {"desk:toast": {"text": "…", "kind": "good|error", "undo_url": "…"}}.
document.addEventListener("desk:toast", (event) => toast(event.detail.text, event.detail));
