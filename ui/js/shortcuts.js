// One-letter keys of a page: whatever carries data-key is pressed by that key; ? explains them all.
import { find, isTyping, somethingOpen } from "./dom.js";

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || somethingOpen() || event.defaultPrevented) return;
  if (event.key === "?") {
    event.preventDefault();
    find("#help")?.showModal();
    return;
  }
  const target = /^[a-z]$/.test(event.key) && find(`[data-key="${event.key}"]`);
  if (!target || target.matches("[aria-disabled=true], :disabled")) return;
  event.preventDefault();
  target.click();
});
