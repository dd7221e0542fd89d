// <chart-tip>: the value under the pointer, for charts that the server drew.
import { make } from "./dom.js";

class ChartTip extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointermove", (event) => this.show(event));
    this.addEventListener("pointerleave", () => this.hide());
  }

  show(event) {
    const mark = event.target.closest("[data-tip]");
    if (!mark) return this.hide();
    this.tip ??= make("div", { class: "tip", popover: "manual" });
    if (!this.tip.isConnected) this.append(this.tip);
    this.tip.textContent = mark.dataset.tip;
    if (!this.tip.matches(":popover-open")) this.tip.showPopover();
    const width = this.tip.offsetWidth;
    const left = Math.min(Math.max(4, event.clientX - width / 2), innerWidth - width - 4);
    this.tip.style.transform = `translate(${left}px, ${event.clientY - 34}px)`;
  }

  hide() {
    if (this.tip?.isConnected && this.tip.matches(":popover-open")) this.tip.hidePopover();
  }
}

customElements.define("chart-tip", ChartTip);
