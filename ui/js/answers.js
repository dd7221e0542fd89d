// The builder's talk with the server: what a filter means, how many match, what is wrong, which values are in use.
import { find } from "./dom.js";
import { csrfHeader } from "./requests.js";

export class FilterAnswers {
  constructor(url, footer) {
    Object.assign(this, { url, footer });
  }

  /** Ask about a filter; an older question is given up. Nothing when a newer one was asked meanwhile. */
  async ask(said) {
    this.giveUp();
    const asking = (this.asking = new AbortController());
    const body = new URL(location.href).searchParams; // the tab, the search and the view count, too
    for (const [name, value] of Object.entries({ where: "", ...said })) body.set(name, value);
    this.footer.setAttribute("aria-busy", "true");
    try {
      const options = { method: "POST", headers: csrfHeader(), body, signal: asking.signal };
      const answer = await fetch(`${this.url}check/`, options);
      const told = await answer.json();
      this.footer.setAttribute("aria-busy", "false");
      return told;
    } catch (error) {
      if (error.name === "AbortError") return null;
      this.footer.setAttribute("aria-busy", "false");
      return { failed: true, problems: [], sentence: find(".toasts").dataset.offline };
    }
  }

  giveUp() {
    this.asking?.abort();
  }

  /** Show nothing of what was asked before. */
  clear() {
    this.show({ problems: [] }, "", {});
  }

  /** Show an answer: the filter in words, the count, and the sentence that belongs to no part of it. */
  show(answer, sentence, words) {
    const amiss = answer.problems.length > 0;
    const problem = find("[data-problem]", this.footer);
    problem.textContent = sentence;
    problem.hidden = !sentence;
    find("[data-words]", this.footer).textContent = answer.words ?? "";
    find("[data-count]", this.footer).textContent = amiss ? words.amiss : (answer.count ?? "");
    this.footer.classList.toggle("amiss", amiss);
    this.footer.classList.toggle("slow", Boolean(answer.slow));
  }

  /** Values in use that begin with what was typed. */
  async suggest(field, typed, link = "") {
    const asked = new URLSearchParams({ field, q: typed, link });
    const answer = await fetch(`${this.url}suggest/?${asked}`).catch(() => null);
    return answer?.ok ? (await answer.json()).items : [];
  }
}
