"""Forgetting people: what names them goes, the keyed hash stays, so that who was blocked stays blocked."""

from datetime import datetime

from django.db.models import Q

from regulars.blocklist import queries
from regulars.blocklist.choices import RuleKind
from regulars.blocklist.keys import digests
from regulars.blocklist.models import Key, Rule
from regulars.customers.erasing import Person, traces_of
from regulars.stores.models import Store


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
    own.filter(named, kind__in=(RuleKind.EMAIL, RuleKind.PHONE)).update(value="")
    traces = traces_of(people)
    if not traces:
        return
    # A reason may name somebody whom the rule is not about; rules are few enough to look at each.
    spoken = own.exclude(reason="", reason_shown="")
    for rule in spoken.only("reason", "reason_shown").iterator(2000):
        # In the reason of somebody's own rule a first name alone is theirs; elsewhere it may be anybody's.
        theirs = rule.customer_id in ids
        reason = traces.clean(rule.reason, names=theirs)
        shown = traces.clean(rule.reason_shown, names=theirs)
        if (reason, shown) != (rule.reason, rule.reason_shown):
            Rule.objects.filter(pk=rule.pk).update(reason=reason, reason_shown=shown)


def _identities(person: Person) -> list[tuple[str, str]]:
    found = [pair for email in person.emails for pair in queries.identities(email=email)]
    found += [pair for phone in person.phones for pair in queries.identities(phone=phone)]
    return [pair for pair in found if pair[0] != RuleKind.DOMAIN]
