"""Rules of keeping: made, looked at, switched on with the number they mean, and carried out night by night."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.services import Progress, run_kind, start_run
from regulars.kit.actor import Actor, system
from regulars.kit.errors import Invalid, InvalidRecord, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.privacy import events, queries
from regulars.privacy.models import RetentionRule
from regulars.privacy.permissions import RETENTION
from regulars.privacy.services.forgetting import forget_batch, spare_batch, warn_batch
from regulars.segments.queries import get_segment
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, change_set_of_run, emit

KIND = "privacy.retention"
BATCH = 200


class NumberChanged(Refused):
    """The rule means another number of customers than the person was told."""

    code = "number_changed"


class RuleTaken(Refused):
    """Another rule of the store has this name."""

    code = "name_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What a rule says."""

    name: str
    months: int
    grace_days: int = 30
    tags: tuple[str, ...] = ()
    keep_flagged: bool = True
    segment_id: UUID | None = None


def save_rule(
    *, store: Store, facts: RuleFacts, rule_id: UUID | None, actor: Actor, now: datetime
) -> RetentionRule:
    """Add a rule, or change one; a changed rule is off until somebody has seen its new number.

    Raises `InvalidRecord`, `RuleTaken`, `NotFound`.
    """
    actor.require(RETENTION)
    _check(facts)
    with transaction.atomic():
        segment = get_segment(store=store, segment_id=facts.segment_id) if facts.segment_id else None
        rule = _locked(store, rule_id) if rule_id else RetentionRule(id=new_id(), store=store)
        before = _facts_of(rule) if rule_id else None
        rule.name, rule.months, rule.grace_days = facts.name.strip(), facts.months, facts.grace_days
        rule.tags, rule.keep_flagged = (
            sorted({tag.strip() for tag in facts.tags if tag.strip()}),
            facts.keep_flagged,
        )
        rule.segment, rule.segment_name = segment, segment.name if segment else ""
        after = _facts_of(rule)
        if before == after:
            return rule
        rule.active = False
        rule.version += 1 if rule_id else 0
        try:
            with transaction.atomic():
                rule.save(force_insert=rule_id is None)
        except IntegrityError as error:
            raise RuleTaken(_("Another rule has this name."), field="name") from error
        kind = events.RULE_EDITED if rule_id else events.RULE_ADDED
        _tell(store, rule, kind, before, after, actor, now)
    return rule


def _check(facts: RuleFacts) -> None:
    errors = {}
    if not facts.name.strip() or len(facts.name) > 100:
        errors["name"] = _("Give it a name of up to 100 letters.")
    if not 1 <= facts.months <= 600:
        errors["months"] = _("Give 1 to 600 months.")
    if not 1 <= facts.grace_days <= 366:
        errors["grace_days"] = _("Give 1 to 366 days.")
    if errors:
        raise InvalidRecord(errors)


def remove_rule(*, store: Store, rule_id: UUID, actor: Actor, now: datetime) -> None:
    """Remove a rule, and with it the days that customers were told. Raises `NotFound`."""
    actor.require(RETENTION)
    with transaction.atomic():
        rule = _locked(store, rule_id)
        _tell(store, rule, events.RULE_REMOVED, _facts_of(rule), None, actor, now)
        rule.delete()


def switch_on(*, store: Store, rule_id: UUID, expected: int, actor: Actor, now: datetime) -> RetentionRule:
    """Let a rule work from tonight on. `expected` is the number of customers that the person saw and agreed to.

    Raises `NotFound`, and `NumberChanged` when it means more by now, or others fewer.
    """
    actor.require(RETENTION)
    with transaction.atomic():
        rule = _locked(store, rule_id)
        if queries.lost_its_segment(rule):
            raise Invalid(
                _("The segment that it leaves alone is there no more. Choose another."), field="segment"
            )
        means = queries.forgettable(store=store, rule=rule, now=now).count()
        if means != expected:
            raise NumberChanged(
                _("It means %(now)s customers now, not %(before)s. Look at them again.")
                % {"now": means, "before": expected}
            )
        rule.active, rule.expected, rule.switched_by, rule.switched_at = True, means, actor.name, now
        rule.version += 1
        rule.save(update_fields=["active", "expected", "switched_by", "switched_at", "version"])
        _tell(store, rule, events.RULE_ON, {"active": False}, {"active": True}, actor, now, str(means))
    return rule


def switch_off(*, store: Store, rule_id: UUID, actor: Actor, now: datetime) -> RetentionRule:
    """Let a rule do nothing more, from this moment on; whoever was told stays. Raises `NotFound`."""
    actor.require(RETENTION)
    with transaction.atomic():
        rule = _locked(store, rule_id)
        if rule.active:
            rule.active = False
            rule.version += 1
            rule.save(update_fields=["active", "version"])
            _tell(store, rule, events.RULE_OFF, {"active": True}, {"active": False}, actor, now)
    return rule


def start_sweeps(*, now: datetime) -> list[Run]:
    """Every night: begin the work of each rule that is on. One whose last night is not over yet goes on with that."""
    started = []
    for rule in RetentionRule.objects.filter(active=True).select_related("store").order_by("pk"):
        last = queries.run_of(rule.last_run_id, store=rule.store)
        if last is not None and last.finished_at is None:
            continue
        with transaction.atomic():
            run = start_run(store=rule.store, kind=KIND, arguments={"rule": str(rule.pk)}, actor=system())
            RetentionRule.objects.filter(pk=rule.pk).update(last_run_id=run.pk)
        started.append(run)
    return started


@run_kind(KIND)
def sweep(progress: Progress) -> None:
    """One night of one rule, in batches that each commit with their counts. Killed anywhere, it goes on: each step asks
    anew whom it is about, so nobody is told twice, and nobody is forgotten who came back meanwhile."""
    rule_id = UUID(progress.run.arguments["rule"])
    counts = {"warned": 0, "forgotten": 0, "spared": 0, "failed": 0, **progress.run.counts}
    for step, work in (("spared", spare_batch), ("forgotten", forget_batch), ("warned", warn_batch)):
        after: UUID | None = None
        while True:
            progress.stop_if_cancelled()
            with transaction.atomic():
                rule = RetentionRule.objects.select_for_update().filter(pk=rule_id, active=True).first()
                if rule is None:
                    return  # switched off, or changed, while it worked: nothing more happens
                change_set = change_set_of_run(
                    progress=progress, actor=system(), kind=events.SWEPT, note=rule.name
                )
                done = work(
                    store=progress.store,
                    rule=rule,
                    after=after,
                    limit=BATCH,
                    change_set=change_set,
                    now=progress.now,
                )
                counts[step] += done.count
                counts["failed"] += done.failed
                progress.save(done=sum(counts.values()), counts=counts, cursor=progress.run.cursor)
            after = done.last
            if after is None:
                break


def _locked(store: Store, rule_id: UUID) -> RetentionRule:
    rows = RetentionRule.objects.select_for_update(of=("self",)).select_related("segment")
    found = rows.filter(store=store, pk=rule_id).first()
    if found is None:
        raise NotFound(_("There is no such rule of keeping in this store."))
    return found


def _facts_of(rule: RetentionRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "months": rule.months,
        "grace_days": rule.grace_days,
        "tags": rule.tags,
        "keep_flagged": rule.keep_flagged,
        "segment": rule.segment_name,
    }


def _tell(
    store: Store,
    rule: RetentionRule,
    kind: EventKind,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    actor: Actor,
    now: datetime,
    count: str = "",
) -> None:
    told = Touched(rule.pk, rule.version, before, after, {"rule": rule.name, "count": count})
    emit(store=store, actor=actor, resource="retention", kind=kind, touched=told, now=now)
