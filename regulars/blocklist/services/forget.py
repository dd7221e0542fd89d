"""Forgetting people: what names them goes, the keyed hash stays, so that who was blocked stays blocked."""

from datetime import datetime

from django.db.models import F, Q

from regulars.blocklist import queries
from regulars.blocklist.choices import RuleKind
from regulars.blocklist.identities import email_identity, mask_email, mask_phone
from regulars.blocklist.keys import digests
from regulars.blocklist.models import Hit, Key, Rule
from regulars.blocklist.providers import BY_DOMAIN
from regulars.customers.erasing import Person, traces_of
from regulars.kit.traces import TAKEN_OUT
from regulars.stores.models import Store
from regulars.timeline.erasing import erase_values


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Empty the readable values of rules about these people, and take their names out of reasons."""
    hashes = {
        digest
        for person in people
        for kind, value in _identities(person)
        for digest in digests(store.pk, kind, value)
    }
    ids = [person.id for person in people]
    own = Rule.objects.filter(store=store)
    named = Q(pk__in=Key.objects.filter(store=store, digest__in=hashes).values("rule"))
    readable = list(own.filter(named, kind__in=(RuleKind.EMAIL, RuleKind.PHONE)).only("masked"))
    for rule in readable:
        Rule.objects.filter(pk=rule.pk).update(value="", masked=_blind(rule.masked))
    erase_values(store=store, record_ids=[rule.pk for rule in readable], names=("about",))
    _blind_hits(store, people)
    traces = traces_of(people)
    if not traces:
        return
    # A reason may name somebody whom the rule is not about; rules are few enough to look at each.
    about_them = {rule.pk for rule in readable}
    spoken = own.exclude(reason="", reason_shown="")
    for rule in spoken.only("reason", "reason_shown").iterator(2000):
        # In the reason of a rule about somebody a first name alone is theirs; elsewhere it may be anybody's.
        theirs = rule.customer_id in ids or rule.pk in about_them
        reason = traces.clean(rule.reason, names=theirs)
        shown = traces.clean(rule.reason_shown, names=theirs)
        if (reason, shown) != (rule.reason, rule.reason_shown):
            Rule.objects.filter(pk=rule.pk).update(reason=reason, reason_shown=shown)


def _blind_hits(store: Store, people: list[Person]) -> None:
    """Attempts stay counted. Those of a minute that look alike now become one, as the same attempt always does."""
    masks = {mask for person in people for mask in _masks(person)}
    for hit in Hit.objects.filter(store=store, tried__in=masks):
        tried = _blind(hit.tried)
        alike = Hit.objects.filter(
            store=store, rule=hit.rule_id, minute=hit.minute, door=hit.door, tried=tried
        ).exclude(pk=hit.pk)
        if alike.update(times=F("times") + hit.times):
            hit.delete()
        else:
            Hit.objects.filter(pk=hit.pk).update(tried=tried)


def _masks(person: Person) -> list[str]:
    """How the log writes this person's addresses and numbers."""
    mailboxes = [mailbox for email in person.emails if (mailbox := email_identity(email))]
    return [*map(mask_email, mailboxes), *map(mask_phone, person.phones)]


def _blind(masked: str) -> str:
    """A mask that tells of no one: the domain stays only where it is a mail provider's."""
    local, at, domain = masked.rpartition("@")
    if not at:
        return TAKEN_OUT
    return masked if domain in BY_DOMAIN else f"{local}@{TAKEN_OUT}"


def _identities(person: Person) -> list[tuple[str, str]]:
    found = [pair for email in person.emails for pair in queries.identities(email=email)]
    found += [pair for phone in person.phones for pair in queries.identities(phone=phone)]
    return [pair for pair in found if pair[0] != RuleKind.DOMAIN]
