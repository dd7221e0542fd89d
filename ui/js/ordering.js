// <column-order>: the columns of a file, ticked and put into an order. Its buttons work without this file, too: then the
// server moves the column and shows the page again.
import { find } from "./dom.js";

class ColumnOrder extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("change", () => this.choose());
  }

  onClick(event) {
    const button = event.target.closest("button[name=move]");
    if (!button) return;
    event.preventDefault();
    this.move(button.closest("[data-column-item]"), button.value.endsWith(":up"), button);
  }

  onKey(event) {
    const item = event.target.closest("[data-column-item]");
    if (!item || !event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    this.move(item, event.key === "ArrowUp", document.activeElement);
  }

  move(item, up, focused) {
    if (up) item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    item.scrollIntoView({ block: "nearest" });
    focused.focus();
    this.choose();
  }

  // Whoever orders columns wants these columns.
  choose() {
    const own = find('[name="which"][value="chosen"]', this.closest("form"));
    if (own) own.checked = true;
    this.dispatchEvent(new CustomEvent("column-order", { bubbles: true }));
  }
}

customElements.define("column-order", ColumnOrder);
