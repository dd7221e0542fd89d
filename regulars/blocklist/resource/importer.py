"""How rules come in from files: one line a rule, matched by what it is about and its list."""

from collections.abc import Sequence
from typing import Any

from regulars.blocklist import queries
from regulars.blocklist.choices import Mode, RuleKind, RuleList
from regulars.blocklist.identities import parse_ip
from regulars.blocklist.keys import digests
from regulars.blocklist.models import Rule
from regulars.blocklist.services import NewRule, write_imported_rules
from regulars.blocklist.services.rules import EDITABLE, read_rule
from regulars.kit.errors import InvalidRecord
from regulars.resources.context import Context
from regulars.resources.importer import Candidate, Decision, Importer, Matching, Preset, Verdict
from regulars.stores.models import Store

_COLUMNS = {"expires": "expires_at"}


def decide_rules(
    *, store: Store, candidates: Sequence[Candidate], matching: Matching, context: Context
) -> list[Decision]:
    """What each row would do; writes nothing. What a rule is about says which it is, so there is nothing to choose."""
    decisions: list[Decision] = []
    hashes: list[tuple[Decision, list[str]]] = []
    for candidate in candidates:
        decision = _read(store, candidate.values, context)
        decisions.append(decision)
        if decision.own:
            hashes.append((decision, decision.own[0].split(":")[2].split("|")))
    stored: dict[tuple[str, str], Rule] = {}
    every = [digest for _decision, each in hashes for digest in each]
    for rule in queries.rules_of(store).filter(digest__in=every):
        stored[rule.list, rule.digest] = rule
    for decision, each in hashes:
        name = decision.values["list"]
        known = next((stored[name, digest] for digest in each if (name, digest) in stored), None)
        if known is not None and (known.expires_at is None or known.expires_at > context.now):
            _compare(decision, known)
    return decisions


def _read(store: Store, given: dict[str, Any], context: Context) -> Decision:
    values = {_COLUMNS.get(name, name): value for name, value in given.items() if value not in (None, "")}
    typed = str(values.get("value", ""))
    values.setdefault("kind", guess_kind(typed))
    values.setdefault("list", str(RuleList.BLOCK))
    # A file is looked at as a whole before it runs; that is the second yes.
    rule = NewRule(**(values | {"value": typed, "confirmed": True}))
    try:
        identity, _customer = read_rule(store=store, rule=rule, now=context.now)
    except InvalidRecord as refusal:
        name, sentence = next(iter(refusal.errors.items()))
        return Decision(Verdict.FAILED, field=name, sentence=sentence)
    key = f"rule:{rule.list}:{'|'.join(digests(store.pk, identity.kind, identity.value))}"
    return Decision(
        Verdict.NEW, own=(key,), known_by=(key,), values=values | {"value": typed, "confirmed": True}
    )


def _compare(decision: Decision, known: Rule) -> None:
    given = {name: value for name, value in decision.values.items() if name in EDITABLE}
    changed = {name: value for name, value in given.items() if value != getattr(known, name)}
    decision.verdict = Verdict.CHANGED if changed else Verdict.SAME
    decision.before = {name: getattr(known, name) for name in changed}
    decision.values = changed
    decision.record_id, decision.version = known.pk, known.version


def guess_kind(text: str) -> str:
    """What a value without a kind most likely is; a wrong guess is refused when it is read."""
    word = text.strip()
    if word.startswith("#"):
        return RuleKind.CUSTOMER
    if parse_ip(word.partition("/")[0].strip("[]")):
        return RuleKind.IP
    if "@" in word[1:]:
        return RuleKind.EMAIL
    if word[:1] == "+" or word.replace(" ", "").isdigit():
        return RuleKind.PHONE
    return RuleKind.DOMAIN


IMPORTER = Importer(
    identifying=("value",),
    decide=decide_rules,
    write=write_imported_rules,
    columns_of=lambda name: (_COLUMNS.get(name, name),),
    presets=(Preset(name="regulars", label="Regulars", headers=("value", "kind", "list", "mode", "reason")),),
    sample=(
        {"value": "jane@spam.example", "kind": "email", "reason": "Chargebacks", "expires": "2027-12-31"},
        {"value": "*.throwaway.example", "kind": "domain", "reason": "Disposable addresses"},
        {"value": "203.0.113.0/24", "kind": "ip", "mode": str(Mode.SHADOW)},
        {"value": "partner.example", "kind": "domain", "list": str(RuleList.TRUST)},
    ),
)
