// The counter without a mouse: arrows go through the cards, and whatever is typed or scanned begins in the box again.
import { find, findAll, isTyping, somethingOpen } from "./dom.js";

const box = () => find("[data-counter] input[type=search]");

function move(step) {
  const cards = findAll("[data-counter] [data-card]");
  const at = cards.indexOf(document.activeElement) + step;
  if (at < 0) box().focus();
  else cards[Math.min(at, cards.length - 1)]?.focus();
}

document.addEventListener(
  "keydown",
  (event) => {
    if (!box() || somethingOpen()) return;
    const inBox = event.target === box();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!inBox && isTyping(event)) return;
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && (inBox || !isTyping(event))) {
      event.preventDefault();
      box().value = "";
      box().dispatchEvent(new Event("input", { bubbles: true }));
      box().focus();
    } else if (!inBox && !isTyping(event) && event.key.length === 1 && event.key !== " ") {
      // A scan after a scan: its first letter already belongs to the box, and is no shortcut of the page.
      box().focus();
      box().select();
      event.stopPropagation();
    }
  },
  true,
);
/** The next scan takes the place of what was asked last, unless Enter now goes on with what was found. */
export const selectAsked = () => {
  if (!find("[data-counter] [autofocus]:not([type=search])")) box()?.select();
};
