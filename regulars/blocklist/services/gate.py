"""The one question at every door: may this person come in?

The answer comes from the rules themselves, never from the mark beside a customer, so a rule counts from the moment it
is saved. No answer is no: an error of the database is not caught here, and the caller refuses. What cannot be read as
an e-mail, a number or an address is looked at by no rule of that kind; whether it is accepted is the caller's to say.
Ask outside a transaction that a refusal rolls back, or note the hit once more after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.blocklist import queries
from regulars.blocklist.choices import Door, Mode, RuleKind
from regulars.blocklist.identities import email_identity, mask_email, mask_ip, mask_phone, parse_ip
from regulars.blocklist.keys import digests
from regulars.blocklist.queries import Match
from regulars.customers.queries import customers_of
from regulars.kit.errors import Invalid
from regulars.kit.ids import new_id
from regulars.kit.phone import clean_phone
from regulars.resources.resource import get_resource
from regulars.stores.models import Store

LONGEST = 500
# What is told to somebody whose rule holds no reason that may be shown.
REFUSAL = gettext_noop("This is not possible at the moment. Please get in touch with the shop.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. `reason_shown` may be told to the person; `trusted` says that the trust list decided; `note` keeps
    the hit once more, for those who ask inside a transaction that is taken back."""

    allowed: bool
    reason_shown: str = ""
    rule_id: UUID | None = None
    trusted: bool = False
    note: Callable[[], None] | None = None


def may_pass(
    *,
    store: Store,
    door: Door,
    email: str = "",
    phone: str = "",
    ip: str = "",
    customer_id: UUID | None = None,
    now: datetime,
) -> Verdict:
    """May this person come in at this door?"""
    email, phone, ip = email[:LONGEST].strip(), _number(phone[:LONGEST], store), parse_ip(ip[:LONGEST])
    pairs = queries.identities(email=email, phone=phone)
    if customer_id is not None:
        known = _contacts(store, customer_id)
        if known is None and (survivor := get_resource("customers").lives_on(customer_id, store)):
            # Shops go on naming a merged customer by the id it had.
            customer_id, known = survivor, _contacts(store, survivor)
        if known:
            pairs += [
                pair for pair in queries.identities(email=known[0], phone=known[1]) if pair not in pairs
            ]
    hashes = [digest for kind, value in pairs for digest in digests(store.pk, kind, value)]
    ids = [customer_id] if customer_id is not None else []
    matches = queries.find_matches(store=store, digests=hashes, customer_ids=ids, ip=ip, now=now)
    matches = sorted(matches, key=lambda match: (not match.reason_shown, match.rule_id))
    blocking = queries.blocking(matches)
    trusted = queries.trusts(matches)
    shadows = [] if trusted else [match for match in matches if match.mode == Mode.SHADOW]
    decided = blocking[:1]
    hits = {match.rule_id: match for match in (*decided, *shadows)}
    note = partial(_note_hits, store, door, hits, email, phone, ip, now)
    note()
    if decided:
        return Verdict(False, decided[0].reason_shown or _(REFUSAL), decided[0].rule_id, note=note)
    return Verdict(True, trusted=trusted)


may_register = partial(may_pass, door=Door.REGISTER)
may_sign_in = partial(may_pass, door=Door.SIGN_IN)
may_order = partial(may_pass, door=Door.ORDER)
may_trade_in = partial(may_pass, door=Door.TRADE_IN)
may_use_api = partial(may_pass, door=Door.API)


def _contacts(store: Store, customer_id: UUID) -> tuple[str, str] | None:
    return customers_of(store).filter(pk=customer_id).values_list("email", "phone").first()


def _number(phone: str, store: Store) -> str:
    try:
        return clean_phone(phone, store.country) if phone.strip() else ""
    except Invalid:
        return ""


def _note_hits(
    store: Store, door: Door, hits: dict[UUID, Match], email: str, phone: str, ip: str, now: datetime
) -> None:
    """One row for each rule and minute: somebody who hammers at a door makes a number grow, not a table."""
    if not hits:
        return
    minute = now.replace(second=0, microsecond=0)
    rows = [
        (
            new_id(),
            store.pk,
            match.rule_id,
            minute,
            door.value,
            _tried(match, email, phone, ip),
            match.mode == Mode.SHADOW,
        )
        for match in sorted(hits.values(), key=lambda match: match.rule_id)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO blocklist_hit (id, store_id, rule_id, minute, door, tried, shadow, times)
            VALUES {", ".join(["(%s, %s, %s, %s, %s, %s, %s, 1)"] * len(rows))}
            ON CONFLICT (store_id, rule_id, minute, door, tried) DO UPDATE SET times = blocklist_hit.times + 1""",
            [value for row in rows for value in row],
        )


def _tried(match: Match, email: str, phone: str, ip: str) -> str:
    """What was tried, so much of it that staff recognise it: the log outlives a request to be forgotten."""
    if match.kind == RuleKind.IP and ip:
        return mask_ip(ip)
    if (mailbox := email_identity(email)) and match.kind != RuleKind.PHONE:
        return mask_email(mailbox)
    if phone:
        return mask_phone(phone)
    return match.masked
