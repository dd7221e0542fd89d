"""Adding, changing and removing rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.blocklist import events, queries
from regulars.blocklist.choices import Mode, RuleKind, RuleList
from regulars.blocklist.identities import Identity, identify
from regulars.blocklist.keys import current_key, digest
from regulars.blocklist.models import Key, Rule
from regulars.blocklist.services.locking import lock_rules
from regulars.blocklist.services.marks import settle_rules
from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, NotFound, Refused
from regulars.kit.ids import new_id, parse_id
from regulars.kit.words import inside
from regulars.resources.action import Outcome
from regulars.resources.conflicts import Conflict, EditConflict, UnknownVersion
from regulars.stores.models import Store
from regulars.timeline.queries import happenings_since
from regulars.timeline.services import OpenChangeSet, Touched, emit, open_change_set, record

EDITABLE = ("mode", "reason", "reason_shown", "expires_at")


class RuleExists(Refused):
    """The list has this rule already."""

    code = "rule_exists"

    def __init__(self, rule: Rule) -> None:
        super().__init__(
            _("This is on the %(list)s list already, since %(created_at)s.")
            % {"list": inside(rule.get_list_display()), "created_at": f"{rule.created_at:%Y-%m-%d}"},
            field="value",
        )
        self.rule_id = rule.pk


class NeedsSecondYes(Refused):
    """The rule would meet very many people; whoever wants it says so once more."""

    code = "needs_second_yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule as people write it. `confirmed` is the second yes to one that meets very many people."""

    kind: str
    value: str
    list: str = RuleList.BLOCK
    mode: str = Mode.ACTIVE
    reason: str = ""
    reason_shown: str = ""
    expires_at: datetime | None = None
    confirmed: bool = False


def add_rule(*, store: Store, rule: NewRule, actor: Actor, now: datetime) -> Rule:
    """Put a rule on the list. It counts from this moment.

    Raises `InvalidRecord`, `RuleExists` and `NeedsSecondYes`.
    """
    identity, customer = read_rule(store=store, rule=rule, now=now)
    if identity.doubt and not rule.confirmed and rule.list == RuleList.BLOCK:
        raise NeedsSecondYes(
            _("%(doubt)s Say once more that you want this.") % {"doubt": identity.doubt}, field="value"
        )
    made = make_rule(store=store, rule=rule, identity=identity, customer=customer, actor=actor, now=now)
    keys = keys_of(made, customer, with_contacts=True)
    with transaction.atomic():
        make_room(store=store, rules=[made], now=now)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
                Key.objects.bulk_create(keys)
        except IntegrityError as error:
            # Somebody was a moment faster, or it has been there: either way there is one rule, not two.
            raise RuleExists(_twin(made)) from error
        emit(store=store, actor=actor, resource="blocks", kind=events.ADDED, touched=added(made), now=now)
        settle_rules(store=store, rules=[made])
    return made


def read_rule(*, store: Store, rule: NewRule, now: datetime) -> tuple[Identity, Customer | None]:
    """What a new rule is about. Raises `InvalidRecord` with a sentence for each wrong field."""
    errors: dict[str, str] = {}
    for name, known in (("kind", RuleKind.values), ("list", RuleList.values), ("mode", Mode.values)):
        if getattr(rule, name) not in known:
            errors[name] = _("Choose one of: %(names)s.") % {"names": ", ".join(known)}
    if rule.list == RuleList.TRUST and rule.mode == Mode.SHADOW:
        errors["mode"] = _("A rule of the trust list has no shadow mode.")
    if rule.expires_at is not None and rule.expires_at <= now:
        errors["expires"] = _("This is in the past.")
    identity: Identity | None = None
    customer: Customer | None = None
    if "kind" not in errors:
        try:
            if rule.kind == RuleKind.CUSTOMER:
                customer = _customer(store, rule.value)
                identity = Identity(RuleKind.CUSTOMER, str(customer.pk), f"#{customer.number}")
            else:
                identity = identify(RuleKind(rule.kind), rule.value, country=store.country)
        except Invalid as refusal:
            errors["value"] = refusal.sentence
    if errors or identity is None:
        raise InvalidRecord(errors)
    return identity, customer


def make_rule(
    *, store: Store, rule: NewRule, identity: Identity, customer: Customer | None, actor: Actor, now: datetime
) -> Rule:
    """A rule that is not stored yet."""
    return Rule(
        id=new_id(),
        store=store,
        list=rule.list,
        kind=identity.kind,
        mode=rule.mode,
        value="" if customer else identity.value,
        masked=identity.masked,
        digest=digest(store.pk, identity.kind, identity.value),
        network=str(identity.network) if identity.network else None,
        customer=customer,
        reason=rule.reason,
        reason_shown=rule.reason_shown,
        expires_at=rule.expires_at,
        author_id=actor.id,
        author_name=actor.name,
        created_at=now,
        updated_at=now,
    )


def keys_of(rule: Rule, customer: Customer | None, *, with_contacts: bool) -> list[Key]:
    """The hashes a rule is found by; of a customer those of their e-mail and phone, so that a new record with them
    is met too."""
    if rule.kind == RuleKind.IP:
        return []
    pairs = [(str(rule.kind), rule.value)]
    if customer is not None:
        pairs = []
        if with_contacts:
            found = queries.identities(email=customer.email, phone=customer.phone)
            pairs = [pair for pair in found if pair[0] != RuleKind.DOMAIN]
    made_with = current_key()
    return [
        Key(
            id=new_id(),
            store=rule.store,
            rule=rule,
            kind=kind,
            digest=digest(rule.store_id, kind, value),
            made_with=made_with,
        )
        for kind, value in pairs
    ]


def edit_rule(
    *,
    store: Store,
    rule_id: UUID,
    values: Mapping[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> Rule:
    """Change a rule's mode, reasons or end; what it is about stays, for that is what it is.

    Raises `NotFound`, `InvalidRecord`, `EditConflict` and `UnknownVersion`.
    """
    if unknown := set(values) - set(EDITABLE):
        sentence = _("What a rule is about cannot be changed. Remove it and add another.")
        raise InvalidRecord(dict.fromkeys(sorted(unknown), sentence))
    with transaction.atomic():
        rule = lock_rules(store, [rule_id]).get(rule_id)
        if rule is None:
            raise NotFound(_("This rule does not exist in this store."))
        changed = {name: value for name, value in values.items() if value != getattr(rule, name)}
        changed = _unless_overtaken(store, rule, changed, base_version)
        if not changed:
            return rule
        if changed.get("mode") == Mode.SHADOW and rule.list == RuleList.TRUST:
            raise InvalidRecord({"mode": _("A rule of the trust list has no shadow mode.")})
        expires_at = changed.get("expires_at")
        if expires_at is not None and expires_at <= now:
            raise InvalidRecord({"expires": _("This is in the past. To end the rule now, remove it.")})
        told = touched(rule, changed)
        (fresh,) = write_rules(store=store, changes=[(rule, changed)], now=now)
        emit(store=store, actor=actor, resource="blocks", kind=events.CHANGED, touched=told, now=now)
    return fresh


def remove_rules(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take rules off the list; for 30 days that can be undone."""
    outcome = Outcome()
    with transaction.atomic():
        found = lock_rules(store, ids)
        outcome.skipped = {one: _("is not on the list any more") for one in ids if one not in found}
        outcome.done = sorted(found)
        if found:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.REMOVED, now=now)
            outcome.change_set = opened.id
            set_removed(store=store, rules=list(found.values()), removed_at=now, now=now)
            each = [
                Touched(rule.pk, rule.version, {"removed": False}, {"removed": True})
                for rule in found.values()
            ]
            record(change_set=opened, resource="blocks", kind=events.REMOVED, touched=each, now=now)
    return outcome


def set_removed(*, store: Store, rules: list[Rule], removed_at: datetime | None, now: datetime) -> None:
    """Take these locked rules off the list or put them back, with the marks of their customers."""
    write_rules(store=store, changes=[(rule, {"removed_at": removed_at}) for rule in rules], now=now)


def write_rules(
    *, store: Store, changes: Sequence[tuple[Rule, Mapping[str, Any]]], now: datetime
) -> list[Rule]:
    """Change locked rules, each in its own way, with the marks of their customers. Returns them as they are now."""
    rules = [rule for rule, _values in changes]
    for rule, values in changes:
        for name, value in values.items():
            setattr(rule, name, value)
        rule.version += 1
        rule.updated_at, rule.settled = now, False
        rule.in_force = rule.expires_at is None or rule.expires_at > now
    columns = {name for _rule, values in changes for name in values}
    Rule.objects.bulk_update(
        rules, [*columns, "updated_at", "settled", "version", "in_force"], batch_size=2000
    )
    fresh = Rule.objects.filter(store=store, pk__in=[rule.pk for rule in rules]).select_related("customer")
    settle_rules(store=store, rules=list(fresh))
    return list(fresh)


def rekey_rules(*, store: Store, now: datetime) -> tuple[int, int]:
    """Hash every rule anew with the key in use; returns how many hashes were made anew and how many could not be.

    Those of people who were forgotten stay as they are: they need the earlier key for as long as the rule lives.
    """
    current, made = current_key(), 0
    old = Key.objects.filter(store=store).exclude(made_with=current).select_related("rule", "rule__customer")
    left = 0
    for key in old.order_by("pk").iterator(500):
        value = _readable(key)
        if not value:
            left += 1
            continue
        Key.objects.filter(pk=key.pk).update(digest=digest(store.pk, key.kind, value), made_with=current)
        made += 1
    for rule in queries.rules_of(store).order_by("pk").iterator(500):
        value = str(rule.customer_id or "") if rule.kind == RuleKind.CUSTOMER else rule.value
        if value:
            Rule.objects.filter(pk=rule.pk).update(digest=digest(store.pk, rule.kind, value))
    return made, left


def touched(rule: Rule, changed: Mapping[str, Any]) -> Touched:
    """A change as the history keeps it; `rule` is as it was before."""
    return Touched(
        rule.pk,
        rule.version + 1,
        before={name: _as_json(getattr(rule, name)) for name in changed},
        after={name: _as_json(value) for name, value in changed.items()},
    )


def added(rule: Rule) -> Touched:
    """A new rule as the history keeps it: never with more of the value than stays when the person is forgotten."""
    kept = {"list": rule.list, "kind": rule.kind, "mode": rule.mode, "about": rule.masked}
    kept |= {name: _as_json(getattr(rule, name)) for name in ("reason", "reason_shown", "expires_at")}
    return Touched(rule.pk, 1, after={name: value for name, value in kept.items() if value})


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def make_room(*, store: Store, rules: list[Rule], now: datetime) -> None:
    """A rule that has expired makes room for a new one about the same; all are of one list."""
    same = queries.rules_of(store).filter(digest__in=[rule.digest for rule in rules], expires_at__lte=now)
    same.filter(list=rules[0].list).update(removed_at=now, updated_at=now, settled=False, in_force=False)


def _twin(rule: Rule) -> Rule:
    return queries.rules_of(rule.store).get(list=rule.list, digest=rule.digest)


def _customer(store: Store, text: str) -> Customer:
    wanted = text.strip().lstrip("#")
    rows = customers_of(store)
    if (record_id := parse_id(wanted)) is not None:
        found = rows.filter(pk=record_id).first()
    elif wanted.isascii() and wanted.isdigit() and len(wanted) <= 15:
        found = rows.filter(number=int(wanted)).first()
    else:
        raise Invalid(_("Give the number or the id of the customer."), field="value")
    if found is None:
        raise Invalid(_("This customer does not exist in this store."), field="value")
    return found


def _readable(key: Key) -> str:
    rule = key.rule
    if rule.kind != RuleKind.CUSTOMER:
        return rule.value
    if rule.customer is None:
        return ""
    found = dict(queries.identities(email=rule.customer.email, phone=rule.customer.phone))
    value = found.get(key.kind, "")
    # The customer may have another address today than when they were blocked.
    return value if key.digest in queries.digests(key.store_id, key.kind, value) else ""


def _unless_overtaken(
    store: Store, rule: Rule, changed: dict[str, Any], base_version: int | None
) -> dict[str, Any]:
    """The fields the person really changed. Raises `EditConflict` where others changed them differently meanwhile."""
    if base_version is None or not changed or base_version == rule.version:
        return changed
    if base_version > rule.version:
        raise UnknownVersion(
            _("This rule is at version %(version)s. Look at it again, then change it.")
            % {"version": rule.version}
        )
    base: dict[str, Any] = {}
    latest: dict[str, tuple[str, datetime]] = {}
    for happening in happenings_since(store=store, record_id=rule.pk, version=base_version):
        for name, value in happening.before.items():
            base.setdefault(name, value)
            latest[name] = (happening.actor_name, happening.at)
    own = {
        name: value for name, value in changed.items() if name not in base or _as_json(value) != base[name]
    }
    conflicts = [Conflict(name, _as_json(getattr(rule, name)), *latest[name]) for name in own if name in base]
    if conflicts:
        raise EditConflict(conflicts, rule.version, own)
    return own
