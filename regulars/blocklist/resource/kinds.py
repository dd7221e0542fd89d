"""Kinds of fields that only the block list has: what a rule is about, and what blocking means."""

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Q

from regulars.blocklist.choices import Cover, RuleKind
from regulars.blocklist.identities import identify
from regulars.blocklist.keys import digests
from regulars.blocklist.models import Key
from regulars.blocklist.resource.permissions import VALUES
from regulars.kit.errors import Invalid
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field


@dataclass(frozen=True, slots=True)
class About(kinds.Text):
    """Whom a rule is about, in any spelling; who may not see whole values asks for the masked ones."""

    operators: ClassVar[tuple[str, ...]] = ("contains", "not contains", *kinds.EQUALITY)

    def meeting(
        self, operator: str, values: tuple[str, ...], field: Field, context: Context, function: str
    ) -> Q:
        text = values[0].strip()
        if not text:
            return kinds.ANYTHING if operator == "contains" else kinds.NOTHING
        if operator == "contains":
            found = Q(masked__icontains=text)
            return found | Q(value__icontains=text) if context.actor.may(VALUES) else found
        named = Q(masked__iexact=text)
        for kind in RuleKind:
            try:
                value = identify(kind, text, country=context.store.country).value
            except Invalid:
                continue
            hashes = digests(context.store.pk, kind, value)
            keys = Key.objects.filter(store=context.store, digest__in=hashes)
            named |= Q(digest__in=hashes) | Q(pk__in=keys.values("rule"))
        return named


@dataclass(frozen=True, slots=True)
class Covers(kinds.Choice):
    """What blocking a customer means; who says nothing means e-mail and phone too."""

    def clean(self, raw: str, field: Field, context: Context) -> str:
        return str(kinds.Choice.clean(self, raw, field, context) or Cover.IDENTITIES)
