"""Reading customers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.customers.models import Address, Customer, Group, Lookup, Note
from regulars.kit.copying import array_of
from regulars.kit.email import email_key
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.kit.phone import clean_phone, digits
from regulars.kit.text import fold, storable
from regulars.resources.context import Context
from regulars.resources.field import Field, Span
from regulars.resources.tree import Condition
from regulars.stores.models import Store

SHORTEST_PART = 3
# So many digits are looked for inside numbers too; fewer are in too many, and more are a whole number.
PART_OF_NUMBER = range(7, 10)
# More people than this who are called exactly alike show among those whose name begins so.
MOST_EXACT = 200
# What the trigram index takes for letters, in the C locale of the bundled database.
_PLAIN_LETTERS = re.compile("[0-9a-z]{3,}")
BEGINNINGS = ("name_key", "last_name_key", "company_key", "email_key")


def customers_of(store: Store) -> QuerySet[Customer]:
    """The customers of a store, in no order."""
    return Customer.objects.filter(store=store)


def get_customer(*, store: Store, customer_id: UUID) -> Customer:
    """The customer with this id. Raises `NotFound`, for those of other stores too."""
    found = Customer.objects.select_related("group").filter(store=store, pk=customer_id).first()
    if found is None:
        raise NotFound(_("This customer does not exist in this store."))
    return found


def every_address(store: Store) -> QuerySet[Address]:
    """The further addresses of all customers of a store, in no order."""
    return Address.objects.filter(store=store)


def every_note(store: Store) -> QuerySet[Note]:
    """The notes about all customers of a store, in no order."""
    return Note.objects.filter(store=store)


def addresses_of(*, store: Store, customer_id: UUID) -> list[Address]:
    """The further addresses of a customer, oldest first."""
    return list(Address.objects.filter(store=store, customer_id=customer_id).order_by("pk"))


def own_address(*, store: Store, customer_id: UUID, address_id: UUID) -> Address:
    """A further address of this customer. Raises `NotFound`, for those of others too."""
    found = Address.objects.filter(store=store, customer_id=customer_id, pk=address_id).first()
    if found is None:
        raise NotFound(_("This address does not exist any more."))
    return found


def notes_of(*, store: Store, customer_id: UUID) -> list[Note]:
    """The notes about a customer: pinned ones first, then the newest."""
    return list(
        Note.objects.filter(store=store, customer_id=customer_id).order_by("-pinned", "-created_at", "-pk")
    )


def groups_of(*, store: Store) -> list[Group]:
    """The groups of a store, by name."""
    return list(Group.objects.filter(store=store).order_by("name", "pk"))


def known_tags(*, store: Store, starting: str = "", limit: int = 20) -> list[str]:
    """Tags in use that begin like this, the most used first, from the latest 1,000 tagged customers."""
    tagged = Lookup.objects.filter(store=store).exclude(tags=[])
    recent = tagged.order_by("-updated_at").values_list("tags", flat=True)[:1000]
    counts: dict[str, int] = {}
    for tags in recent:
        for tag in tags:
            counts[tag] = counts.get(tag, 0) + 1
    wanted = fold(starting)
    matching = [tag for tag in counts if fold(tag).startswith(wanted)]
    return sorted(matching, key=lambda tag: (-counts[tag], tag))[:limit]


def looked_up(condition: Condition, field: Field, context: Context) -> Q:
    """The filter of a condition on what changes often: asked of the narrow table that has the indexes."""
    kept = Lookup.objects.filter(store=context.store, customer=OuterRef("pk"))
    return Q(Exists(kept.filter(field.kind.compile(condition.operator, condition.values, field, context))))


@dataclass(frozen=True, slots=True)
class Review:
    """A flag that somebody is to look at again."""

    id: UUID
    name: str
    flag: str
    reason: str
    review_on: date


def reviews_due(*, store: Store, today: date, limit: int) -> list[Review]:
    """Flags whose day to look again has come, the longest due first."""
    due = _due(store, today).order_by("flag_review_on", "pk")
    wanted = (
        "first_name",
        "last_name",
        "company",
        "email",
        "number",
        "flag",
        "flag_reason",
        "flag_review_on",
    )
    return [
        Review(one.pk, one.name, one.flag, one.flag_reason, one.flag_review_on)
        for one in due.only(*wanted)[:limit]
        if one.flag_review_on
    ]


def count_reviews_due(*, store: Store, today: date) -> int:
    """How many flags are to be looked at again by today."""
    return _due(store, today).count()


def _due(store: Store, today: date) -> QuerySet[Customer]:
    return customers_of(store).filter(flag_review_on__lte=today, state__in=(State.ACTIVE, State.INACTIVE))


@dataclass(frozen=True, slots=True)
class Likeness:
    """A customer that may be the same person, and why."""

    id: UUID
    number: int
    name: str
    email: str
    city: str
    state: str
    reason: str
    certain: bool


_LIKENESS_SHOWS = ("number", "first_name", "last_name", "company", "email", "city", "state")


def find_likely_duplicates(
    *, store: Store, values: dict[str, str], exclude: UUID | None = None, limit: int = 5
) -> list[Likeness]:
    """Customers that share the e-mail, the phone, or the name with what is being typed.

    Archived and inactive customers are found too: bringing one back beats making a second.
    """
    rows = customers_of(store).exclude(state=State.ANONYMISED)
    if exclude:
        rows = rows.exclude(pk=exclude)
    found: dict[UUID, Likeness] = {}
    for reason, certain, condition in _likenesses(store, values):
        for customer in rows.filter(condition).only(*_LIKENESS_SHOWS).order_by("pk")[:limit]:
            found.setdefault(
                customer.pk,
                Likeness(
                    id=customer.pk,
                    number=customer.number,
                    name=customer.name,
                    email=customer.email,
                    city=customer.city,
                    state=customer.state,
                    reason=reason,
                    certain=certain,
                ),
            )
    return list(found.values())[:limit]


def _likenesses(store: Store, values: dict[str, str]) -> list[tuple[str, bool, Q]]:
    asked: list[tuple[str, bool, Q]] = []
    if "@" in values.get("email", ""):
        asked.append(("same e-mail", True, Q(email_key=email_key(values["email"].strip()))))
    phone = digits(values.get("phone", ""))
    if len(phone) >= 6:
        try:
            asked.append(("same phone", False, Q(phone=clean_phone(values["phone"], store.country))))
        except Invalid:
            asked.append(("same phone", False, Q(phone_reversed__startswith=phone.lstrip("0")[::-1])))
    name = fold(f"{values.get('first_name', '')} {values.get('last_name', '')}")
    if " " in name:
        asked.append(("same name", False, Q(name_key=name) | Q(last_name_key=name)))
    company = fold(values.get("company", ""))
    if len(company) >= SHORTEST_PART and not name:
        asked.append(("same company", False, Q(company_key=company)))
    return asked


def search_filter(text: str, context: Context) -> Q:
    """Customers that a search text means.

    Words are looked for anywhere in name, company, e-mail, phone, place and external id; one or two letters at the
    beginning only. A whole e-mail means that address, or those that begin with it. Digits mean a customer's number, an
    external id, or the end of a phone; seven to nine of them any part of one, too.
    """
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    folded = fold(text)
    if not folded:
        return Q(pk__in=[])
    if phones := phone_digits(text, context):
        return _digits_filter(text, phones)
    if is_whole_email(folded):
        return beginning("email_key", email_key(folded) or folded)
    found = all_words(folded) if _is_long(folded) else _beginnings(folded)
    return found | Q(number=number_in(text)) if number_in(text) is not None else found


def _digits_filter(text: str, phones: list[str]) -> Q:
    folded = fold(text)
    found = is_filled("external_id", storable(text.strip())) | Q(name_key=folded) | Q(last_name_key=folded)
    found |= is_filled("company_key", folded)
    if number_in(text) is not None:
        found |= Q(number=number_in(text))
    for number in phones:
        found |= is_filled("phone", f"+{number}") | beginning("phone_reversed", number[::-1])
        if len(number) in PART_OF_NUMBER:
            found |= Q(search__contains=number)
    return found | all_words(folded) if _is_like_postcode(text) else found


def _is_like_postcode(text: str) -> bool:
    """ "50-001" is more likely a postcode than a phone, and is looked for as it is written."""
    return " " not in text.strip() and "-" in text.strip("+-")


def is_filled(column: str, value: str) -> Q:
    """The column is this and not empty: said so that the indexes without empty keys serve."""
    return Q(**{column: value}) & ~Q(**{column: ""})


def is_whole_email(folded: str) -> bool:
    """Whether this is a whole address and no part of one."""
    local, _at, domain = folded.partition("@")
    return bool(local) and "." in domain.strip(".") and " " not in folded


def search_spans(text: str, context: Context) -> list[Span]:
    """The search ranked: exact, then beginnings of name, surname, company and e-mail, ends of phone numbers, then
    parts; newest first among parts. Each span has an index and leaves out what an earlier one has shown."""
    if parse_id(text) is not None:
        return [Span(None)]
    folded = fold(text)
    phones = phone_digits(text, context)
    exact = _exact_ids(text, folded, phones, context)
    ranked: list[tuple[Q, str, bool]] = [(Q(pk__in=exact), "", False)] if exact else []
    # "Not empty" is said beside each beginning: the planner cannot conclude it, and the indexes hold no empty keys.
    for number in phones:
        ranked.append((beginning("phone_reversed", number[::-1]), "phone_reversed", False))
    if is_whole_email(folded):
        ranked.append((beginning("email_key", email_key(folded) or folded), "email_key", False))
    elif not phones:
        ranked += [(beginning(key, folded), key, False) for key in BEGINNINGS]
        if _is_long(folded):
            ranked.append((Q(), "created_at", True))
    elif _is_like_postcode(text) or any(len(number) in PART_OF_NUMBER for number in phones):
        ranked.append((Q(), "created_at", True))
    spans: list[Span] = []
    seen = Q()
    for condition, order, descending in ranked:
        spans.append(Span(condition & ~seen if seen else condition, order, descending))
        seen |= condition
    return spans or [Span(None)]


def _exact_ids(text: str, folded: str, phones: list[str], context: Context) -> list[UUID]:
    """The customers that the text names exactly. One look-up for each key: the planner is not to choose among them."""
    asked = [
        Q(name_key=folded),
        Q(last_name_key=folded),
        Q(company_key=folded),
        Q(external_id=storable(text.strip())),
    ]
    if "@" in text:
        asked.append(Q(email_key=email_key(text.strip()) or folded))
    if (number := number_in(text)) is not None:
        asked.append(Q(number=number))
    asked += [Q(phone=f"+{number}") for number in phones]
    if not folded:
        return []
    first, *others = (
        customers_of(context.store).filter(one).order_by("pk").values_list("pk", flat=True)[:MOST_EXACT]
        for one in asked
    )
    return sorted(set(first.union(*others, all=True)))


def _is_long(folded: str) -> bool:
    return any(len(word) >= SHORTEST_PART for word in folded.split())


def all_words(folded: str) -> Q:
    """Each of the words is somewhere in what is searched."""
    return _each_contained(folded.split())


def candidates(folded: str, context: Context, most: int) -> QuerySet[Customer] | None:
    """So many customers among whom those with all the words are, where the index cannot tell them: it knows letters by
    threes, so "0000000" is "000" to it, and what is not written in Latin letters it does not know at all. Nothing where
    the index spells all the words out; the latest customers where it knows none of them."""
    words = folded.split()
    known = {part for word in words for part in _known_parts(word)}
    if known.issuperset(word for word in words if len(word) >= SHORTEST_PART):
        return None
    rows = customers_of(context.store)
    return rows.filter(_each_contained(known))[:most] if known else rows.order_by("-created_at", "-pk")[:most]


def _known_parts(word: str) -> Iterator[str]:
    """The parts of a word that the index tells from others."""
    for run in _PLAIN_LETTERS.findall(word):
        threes = {run[at : at + 3] for at in range(len(run) - 2)}
        yield from [run] if len(threes) == len(run) - 2 else threes


def _each_contained(words: Iterable[str]) -> Q:
    # Once each, and none that is part of another: the planner takes each for a further condition.
    longest = sorted(set(words), key=lambda word: (-len(word), word))
    found = Q()
    for number, word in enumerate(longest):
        if not any(word in longer for longer in longest[:number]):
            found &= Q(search__contains=word)
    return found


def _beginnings(folded: str) -> Q:
    found = Q()
    for key in BEGINNINGS:
        found |= beginning(key, folded)
    return found


def beginning(key: str, text: str) -> Q:
    """The key begins with this."""
    return Q(**{f"{key}__startswith": text}) & ~Q(**{key: ""})


def number_in(text: str) -> int | None:
    """The customer number that a text may mean: "#1042", "1042"."""
    wanted = text.strip().lstrip("#")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 15 else None


def phone_digits(text: str, context: Context) -> list[str]:
    """The digit strings that a text may mean as a phone number: as written, and without the national zero."""
    written = text.strip()
    if not all(char.isdigit() or char in "+-()./ \u00a0" for char in written):
        return []
    found = digits(written)
    if len(found) < SHORTEST_PART:
        return []
    try:
        international = digits(clean_phone(written, context.store.country))
    except Invalid:
        international = found.removeprefix("00") if written.startswith("00") else found.lstrip("0")
    return list(dict.fromkeys(number for number in (international, found) if len(number) >= SHORTEST_PART))


def existing_by(
    *, store: Store, column: str, keys: list[str], wanted: tuple[str, ...], without_contact: bool = False
) -> list[dict[str, Any]]:
    """The customers whose column has one of these values; those without e-mail and phone only, if asked."""
    # One array instead of thousands of parameters. "Not empty" lets the planner use the indexes without empty keys.
    conditions = [
        f'"{column}" = ANY(%s::text[])',
        *(["email = '' AND phone = ''"] if without_contact else []),
    ]
    if "" not in keys:
        conditions.append(f"\"{column}\" <> ''")
    columns = ", ".join(f'"{name}"' for name in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM customers_customer WHERE store_id = %s AND {' AND '.join(conditions)}",
            [store.pk, array_of(keys)],
        )
        return [dict(zip(wanted, row, strict=True)) for row in cursor.fetchall()]


def existing_by_id(*, store: Store, ids: Iterable[UUID], wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    """The same columns of the customers with these ids."""
    return list(customers_of(store).filter(pk__in=list(ids)).values(*wanted))


def existing_by_number(
    *, store: Store, numbers: Iterable[int], wanted: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The same columns of the customers with these numbers."""
    return list(customers_of(store).filter(number__in=list(numbers)).values(*wanted))


def numbers_taken(*, store: Store, numbers: list[int]) -> set[int]:
    """Those of the numbers that customers have already."""
    if not numbers:
        return set()
    return set(customers_of(store).filter(number__in=numbers).values_list("number", flat=True))


# What orders say about a customer, by the column it is kept in.
ORDER_FIGURES = (
    "orders_count", "items_count", "spent_minor", "returned_minor", "commission_minor",
    "first_order_at", "last_order_at",
)  # fmt: skip


def customers_with_other_figures(*, store: Store, figures_sql: str, parameters: list[Any]) -> list[UUID]:
    """The customers whose kept figures are not those that `figures_sql` counts; see `set_order_figures`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT customer.id FROM customers_customer AS customer JOIN ({figures_sql}) AS figures
                ON figures.customer_id = customer.id
            WHERE customer.store_id IS NOT DISTINCT FROM %s AND
                ({", ".join(f"customer.{name}" for name in ORDER_FIGURES)})
                IS DISTINCT FROM ({", ".join(f"figures.{name}" for name in ORDER_FIGURES)})
            ORDER BY customer.id""",
            [*parameters, store.pk],
        )
        return [row[0] for row in cursor.fetchall()]
