"""What a person's plan makes of a row, once it is known whose it is: modes, values that are there, special records."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.resources.importer import Decision, Importer, Mark, Verdict
from regulars.transfers.plan import Plan

_WRITTEN = (Verdict.NEW, Verdict.CHANGED)
_MARKED = {
    Mark.ARCHIVED: gettext_noop("is archived"),
    Mark.INACTIVE: gettext_noop("is inactive"),
    Mark.BLOCKED: gettext_noop("is blocked"),
    Mark.MERGED: gettext_noop("was merged into another one"),
}


class Tagged(list[str]):
    """The tags of a row with those that all rows get; those are added, whatever becomes of its own."""

    def __init__(self, own: list[str], all_get: list[str]) -> None:
        super().__init__(_added(own, all_get))
        self.own, self.all_get = own, all_get


class Settling:
    """Applies one plan to the decisions of one file."""

    def __init__(self, plan: Plan, importer: Importer) -> None:
        self._plan = plan
        self._importer = importer
        self._policies = [
            (policy, importer.columns_of(name))
            for name, policy in plan.policies.items()
            if policy != "overwrite"
        ]
        self._tags = plan.policies.get("tags", "overwrite") if plan.tags.strip() else ""

    def apply(self, decision: Decision) -> None:
        """Change a decision to what the plan makes of it."""
        if self._tags and decision.verdict in _WRITTEN:
            self._tag(decision)
        if decision.verdict is Verdict.CHANGED:
            self._keep_what_is_there(decision)
        if decision.found and decision.verdict in (Verdict.CHANGED, Verdict.SAME):
            self._treat_apart(decision)
        if self._plan.mode == "create" and decision.verdict in (Verdict.CHANGED, Verdict.SAME):
            _skip(decision, _("There is one already, and only new ones are added."))
        elif self._plan.mode == "update" and decision.verdict is Verdict.NEW:
            _skip(decision, _("There is none yet, and only those that are there are changed."))

    def _keep_what_is_there(self, decision: Decision) -> None:
        together = decision.values.keys() & decision.together
        for policy, columns in self._policies:
            stays = False
            for column in columns:
                if column not in decision.values or (column == "tags" and self._tags):
                    continue
                new, old = decision.values[column], decision.before.get(column)
                # What belongs to a value that stays, stays with it: how a phone was typed, the rest of a name.
                kept = old if stays else _kept(policy, old, new)
                stays = kept == old
                _set(decision, column, kept)
        if together - decision.values.keys():
            for column in together & decision.values.keys():
                _set(decision, column, decision.before.get(column))
        if not decision.values:
            decision.verdict = Verdict.SAME

    def _tag(self, decision: Decision) -> None:
        new = decision.values.get("tags")
        if not isinstance(new, Tagged):
            return
        old = decision.before.get("tags") or []
        own = _kept(self._tags, old, new.own) if new.own and old else new.own or old
        _set(decision, "tags", _added(own, new.all_get))

    def _treat_apart(self, decision: Decision) -> None:
        for mark in decision.found:
            match self._plan.found.get(mark, "update"):
                case "skip":
                    _skip(decision, _("The matched one %(marked)s.") % {"marked": _(_MARKED[mark])})
                case "refuse":
                    decision.verdict, decision.field = Verdict.FAILED, ""
                    decision.sentence = _(
                        "The matched one %(marked)s. Take the row out, or choose otherwise."
                    ) % {"marked": _(_MARKED[mark])}
                case "restore":
                    decision.values = {**decision.values, **self._importer.revived}
                    decision.before = {**decision.before, **_revived_before(mark, self._importer.revived)}
                    decision.verdict = Verdict.CHANGED
                    continue
                case _:
                    continue
            return


def _set(decision: Decision, column: str, value: Any) -> None:
    if decision.verdict is Verdict.CHANGED and value == decision.before.get(column):
        del decision.values[column]
        decision.before.pop(column, None)
    else:
        decision.values[column] = value


def _added(old: list[str], new: list[str]) -> list[str]:
    """The tags that are there with those that are not yet, in any case."""
    known = {one.casefold() for one in old}
    return [*old, *(one for one in new if one.casefold() not in known)]


def _kept(policy: str, old: Any, new: Any) -> Any:
    """The value that stays: the old one, the new one, or both."""
    if policy == "overwrite":
        return new
    if policy == "ignore":
        return old
    if policy == "fill" or not isinstance(new, str | list):  # of anything else there is one
        return new if old in (None, "", [], False, 0) else old
    if not old:
        return new
    if isinstance(new, list):
        return _added(old, new)
    return old if new in old else f"{old}\n{new}"


def _revived_before(mark: Mark, revived: Mapping[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(revived, str(mark))


def _skip(decision: Decision, sentence: str) -> None:
    decision.verdict, decision.field, decision.sentence = Verdict.SKIPPED, "", sentence
