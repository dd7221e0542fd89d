// From a record back to the list one came from: the same page of it, with the row marked.
import { find } from "./dom.js";

const PLACE = ["view", "tab", "q", "where", "sort"];
const placeOf = (url) => PLACE.map((name) => url.searchParams.get(name) || "").join("\n");

/** Called by the list when a record is opened. */
export function rememberList(id) {
  sessionStorage.setItem(`opened:${location.pathname}`, id);
  sessionStorage.setItem(`list:${location.pathname}`, location.href);
}

/** On a record, the link to the list opens the page it was on; stepping to a neighbour moves the mark along. */
export function markWayBack() {
  const link = find("[data-back-to-list]");
  const id = location.pathname.split("/").at(-2);
  if (!link || !id) return;
  const list = new URL(link.href);
  sessionStorage.setItem(`opened:${list.pathname}`, id);
  const kept = sessionStorage.getItem(`list:${list.pathname}`);
  if (kept && placeOf(new URL(kept)) === placeOf(list)) link.href = kept;
}
