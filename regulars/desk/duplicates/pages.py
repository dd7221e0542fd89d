"""What the pages of duplicates show, as plain data."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regulars.desk import cells, values
from regulars.desk.duplicates import compare
from regulars.desk.words import shown
from regulars.duplicates import queries
from regulars.duplicates.choices import Reason, Verdict
from regulars.duplicates.queries import Filter
from regulars.duplicates.rules import LIKELY, LOWEST, SURE, say_reasons
from regulars.duplicates.services.candidates import KEYS
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.kit.phone import display_phone
from regulars.resources.context import Context

TABS = {
    "likely": Filter(lowest=LIKELY),
    "weak": Filter(lowest=LOWEST, highest=LIKELY - 1),
    "different": Filter(lowest=0, verdict=Verdict.DIFFERENT.value),
    "household": Filter(lowest=0, verdict=Verdict.HOUSEHOLD.value),
    "merged": Filter(),
}
SHOWN = 50
PERMISSION = "customers.merge"


def tab_of(params: Mapping[str, str]) -> str:
    """The tab of an address; the likely pairs at first."""
    tab = params.get("show", "likely")
    return tab if tab in TABS else "likely"


def address(store: str, back: str, pair: str = "") -> str:
    """The queue as a person had it, with another pair open; what comes from outside is taken apart first."""
    kept = {name: value for name, value in parse_qsl(back) if name in ("show", "reason", "customer")}
    if (known := parse_id(pair)) is not None:
        kept["pair"] = str(known)
    base = reverse("duplicates", kwargs={"store": store})
    return f"{base}?{urlencode(kept)}" if kept else base


def queue_page(tab: str, params: Mapping[str, str], context: Context) -> dict[str, Any]:
    """The page of one tab."""
    store, slug = context.store, context.store.slug
    reason = params.get("reason", "")
    reason = reason if reason in Reason.values else ""
    customer = parse_id(params.get("customer", ""))
    kept = {"show": tab if tab != "likely" else "", "reason": reason, "customer": str(customer or "")}
    back = urlencode({name: value for name, value in kept.items() if value})
    may = context.actor.may(PERMISSION)
    page: dict[str, Any] = {
        "title": _("Duplicates"),
        "tab": tab,
        "tabs": _tabs(tab, context),
        "back": back,
        "may": may,
        "decide_url": reverse("decide_duplicates", kwargs={"store": slug}),
        "scan": _scan(context, may=may),
        "reasons": _reasons(tab, reason, slug),
        "reason_label": str(Reason(reason).label) if reason else "",
        "merges": [],
        "pairs": [],
        "open": None,
    }
    if tab == "merged":
        return page | {"merges": _merges(context, may=may)}
    wanted = TABS[tab]
    wanted = Filter(wanted.lowest, wanted.highest, reason, wanted.verdict, customer)
    found = queries.pairs(store=store, wanted=wanted, limit=SHOWN + 1)
    opened = _opened(params.get("pair", ""), found, context)
    shown_pairs = found[:SHOWN]
    page["pairs"] = [_pair(one, slug, back, opened, context) for one in shown_pairs]
    page["more"] = len(found) > SHOWN
    if opened is not None:
        all_of_them = queries.count_pairs(store=store, wanted=wanted)
        page["open"] = _open(opened, shown_pairs, all_of_them, slug, back, context, may=may)
    page["chosen"] = "pair" in params
    return page


def _opened(asked: str, found: list[Any], context: Context) -> Any:
    if (wanted := parse_id(asked)) is None:
        return found[0] if found else None
    try:
        return queries.get_pair(store=context.store, pair_id=wanted)
    except NotFound:  # merged or decided in another window: the next one is as good
        return found[0] if found else None


def _tabs(current: str, context: Context) -> list[dict[str, Any]]:
    labels = {
        "likely": _("Likely"),
        "weak": _("Less likely"),
        "different": _("Not the same"),
        "household": _("Households"),
        "merged": _("Merged"),
    }
    language = values.style_of(context).language
    tabs = []
    for name, label in labels.items():
        count = queries.count_pairs(store=context.store, wanted=TABS[name]) if name != "merged" else 0
        tabs.append(
            {
                "label": label,
                "url": address(context.store.slug, urlencode({"show": name}) if name != "likely" else ""),
                "current": name == current,
                "count_text": count_text(count, language),
            }
        )
    return tabs


def count_text(count: int, language: str) -> str:
    """A count that stops at a thousand."""
    if not count:
        return ""
    return cells.format_whole(count, language) + ("+" if count >= queries.COUNT_AT_MOST else "")


def _reasons(tab: str, current: str, slug: str) -> list[dict[str, Any]]:
    """The reasons one can narrow the queue down to."""
    show = {} if tab == "likely" else {"show": tab}
    choices = [("", _("Any reason")), *((one.value, str(one.label)) for one in Reason if one != Reason.BORN)]
    return [
        {
            "label": label,
            "url": address(slug, urlencode({**show, **({"reason": value} if value else {})})),
            "current": value == current,
        }
        for value, label in choices
    ]


def _scan(context: Context, *, may: bool) -> dict[str, Any]:
    """When everybody was looked at, how far a look is, and what too many share."""
    slug = context.store.slug
    state = queries.scan_state(store=context.store)
    run = state.run
    return {
        "url": reverse("duplicates", kwargs={"store": slug}),
        "start_url": reverse("scan_duplicates", kwargs={"store": slug}) if may and run is None else "",
        "is_live": run is not None,
        "percent": min(run.done * 100 // run.total, 100) if run is not None and run.total else None,
        "text": _("Looking at every customer…")
        if run is not None
        else _("Last looked %(when)s") % {"when": shown(state.finished_at)}
        if state.finished_at
        else _("Nobody has looked yet"),
        "never": state.finished_at is None and run is None,
        "crowds": [
            {
                "text": _("%(count)s customers share %(what)s %(value)s: too many to be one person.")
                % {
                    "count": cells.format_whole(size, values.style_of(context).language),
                    "what": str(KEYS[kind].label),
                    "value": display_phone(customer.phone),
                },
                "url": f"/desk/{slug}/customers/?"
                + urlencode({"tab": "all", "where": f'phone = "{customer.phone}"'}),
            }
            for kind, customer, size in state.crowds
            if kind in KEYS and customer.phone
        ],
    }


def _pair(pair: Any, slug: str, back: str, opened: Any, context: Context) -> dict[str, Any]:
    said = say_reasons(pair.reasons, pair.likeness, {"phone": pair.first.phone})
    return {
        "id": str(pair.pk),
        "url": address(slug, back, str(pair.pk)),
        "current": opened is not None and opened.pk == pair.pk,
        "names": [_name(one) for one in (pair.first, pair.second)],
        "score": pair.score,
        "tone": tone_of(pair.score),
        "why": " · ".join(said),
        "decided": _decided(pair) if pair.verdict else "",
    }


def _name(customer: Any) -> dict[str, Any]:
    return {"name": customer.name, "number": customer.number}


def tone_of(score: int) -> str:
    """How sure it is, as a colour."""
    return "green" if score >= SURE else "amber" if score >= LIKELY else ""


def word_of(score: int) -> str:
    """How sure it is, as a word."""
    if score >= SURE:
        return pgettext("duplicate", "Very likely")
    return pgettext("duplicate", "Likely") if score >= LIKELY else pgettext("duplicate", "Less likely")


def _decided(pair: Any) -> str:
    return _("%(name)s, %(when)s") % {"name": pair.decided_by_name, "when": shown(pair.decided_at)}


def _open(
    pair: Any, found: list[Any], count: int, slug: str, back: str, context: Context, *, may: bool
) -> dict[str, Any]:
    """One pair side by side, with its neighbours in the queue."""
    rows = compare.rows_of([pair.first_id, pair.second_id], context)
    ids = [one.pk for one in found]
    at = ids.index(pair.pk) if pair.pk in ids else -1
    after = ids[at + 1] if 0 <= at < len(ids) - 1 else None
    before = ids[at - 1] if at > 0 else None
    merge = reverse("merge_customers", kwargs={"store": slug})
    language = values.style_of(context).language
    chosen = urlencode([("id", str(pair.first_id)), ("id", str(pair.second_id))])
    return {
        "id": str(pair.pk),
        "people": [compare.person(row, context) for row in rows],
        "facts": compare.facts_of(rows, context),
        "figures": compare.figures_of(rows, context),
        "score": pair.score,
        "tone": tone_of(pair.score),
        "word": word_of(pair.score),
        "reasons": say_reasons(pair.reasons, pair.likeness, rows[0]),
        "verdict": pair.verdict,
        "verdict_text": str(Verdict(pair.verdict).label) if pair.verdict else "",
        "decided": _decided(pair) if pair.verdict else "",
        "next": str(after or before or ""),
        "next_url": address(slug, back, str(after)) if after else "",
        "previous_url": address(slug, back, str(before)) if before else "",
        "merge_url": f"{merge}?{chosen}" if may else "",
        "list_url": address(slug, back),
        "position": _("%(at)s of %(all)s") % {"at": at + 1, "all": count_text(count, language)}
        if at >= 0
        else "",
    }


def _merges(context: Context, *, may: bool) -> list[dict[str, Any]]:
    """The latest merges, with the way back."""
    slug = context.store.slug
    return [
        {
            "number": merge.number,
            "into": merge.survivor.name,
            "into_number": merge.survivor.number,
            "url": f"/desk/{slug}/customers/{merge.survivor_id}/",
            "by": merge.actor_name,
            "when": shown(merge.at),
            "undo_url": reverse("undo_merge", kwargs={"store": slug, "merge_id": merge.pk})
            if may and not merge.is_final
            else "",
            "why_not": _("Anonymised since") if merge.is_final else "",
        }
        for merge in queries.latest_merges(store=context.store)
    ]


def hints_of(customer_id: UUID, context: Context) -> list[dict[str, str]] | None:
    """The undecided pairs of a customer for their page; nothing when one of them was decided, or none is known."""
    found = queries.pairs_of(store=context.store, customer_id=customer_id)
    if not found:
        return None
    likely = [pair for pair in found if not pair.verdict and pair.score >= LIKELY]
    hints = []
    for pair in likely[:1]:
        other = pair.second if pair.first_id == customer_id else pair.first
        more = len(likely) - 1
        said = ", ".join(say_reasons(pair.reasons, pair.likeness, {"phone": other.phone}))
        text = f"{other.name} (#{other.number}): {said}."
        if more:
            text += " " + ngettext("%(count)s more.", "%(count)s more.", more) % {"count": more}
        query = urlencode({"customer": str(customer_id), "pair": str(pair.pk)})
        hints.append(
            {
                "tone": "amber",
                "icon": "users",
                "title": _("Possible duplicate."),
                "text": text,
                "url": f"{reverse('duplicates', kwargs={'store': context.store.slug})}?{query}",
                "link": _("Compare"),
            }
        )
    return hints
