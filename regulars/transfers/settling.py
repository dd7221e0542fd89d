"""What a person's plan makes of a row, once it is known whose it is: modes, values that are there, special records."""

from collections.abc import Mapping
from typing import Any

from regulars.resources.importer import Decision, Importer, Mark, Verdict
from regulars.transfers.plan import Plan

_WRITTEN = (Verdict.NEW, Verdict.CHANGED)
_MARKED = {
    Mark.ARCHIVED: "is archived",
    Mark.INACTIVE: "is inactive",
    Mark.BLOCKED: "is blocked",
    Mark.MERGED: "was merged into another one",
}


class Settling:
    """Applies one plan to the decisions of one file."""

    def __init__(self, plan: Plan, importer: Importer) -> None:
        self._plan = plan
        self._importer = importer
        policies = dict(plan.policies)
        if plan.tags.strip() and "tags" not in plan.policies and "tags" not in plan.columns.values():
            policies["tags"] = "append"  # tagging all rows takes no tag away
        self._policies = {
            column: policy
            for name, policy in policies.items()
            if policy != "overwrite"
            for column in importer.columns_of(name)
        }
        self.does_nothing = not self._policies and plan.mode == "both" and not plan.found

    def apply(self, decision: Decision) -> None:
        """Change a decision to what the plan makes of it."""
        if decision.verdict is Verdict.CHANGED and self._policies:
            self._keep_what_is_there(decision)
        if decision.found and decision.verdict in (Verdict.CHANGED, Verdict.SAME):
            self._treat_apart(decision)
        if self._plan.mode == "create" and decision.verdict in (Verdict.CHANGED, Verdict.SAME):
            _skip(decision, "There is one already, and only new ones are added.")
        elif self._plan.mode == "update" and decision.verdict is Verdict.NEW:
            _skip(decision, "There is none yet, and only those that are there are changed.")

    def _keep_what_is_there(self, decision: Decision) -> None:
        for column, policy in self._policies.items():
            if column not in decision.values:
                continue
            new, old = decision.values[column], decision.before.get(column)
            kept = _kept(policy, old, new)
            if kept == old:
                del decision.values[column]
                decision.before.pop(column, None)
            else:
                decision.values[column] = kept
        if not decision.values:
            decision.verdict = Verdict.SAME

    def _treat_apart(self, decision: Decision) -> None:
        for mark in decision.found:
            match self._plan.found.get(mark, "update"):
                case "skip":
                    _skip(decision, f"The matched one {_MARKED[mark]}.")
                case "refuse":
                    decision.verdict, decision.field = Verdict.FAILED, ""
                    decision.sentence = (
                        f"The matched one {_MARKED[mark]}. Take the row out, or choose otherwise."
                    )
                case "restore":
                    decision.values = {**decision.values, **self._importer.revived}
                    decision.before = {**decision.before, **_revived_before(mark, self._importer.revived)}
                    decision.verdict = Verdict.CHANGED
                    continue
                case _:
                    continue
            return


def _kept(policy: str, old: Any, new: Any) -> Any:
    """The value that stays: the old one, the new one, or both."""
    if policy == "ignore":
        return old
    if policy == "fill" or not isinstance(new, str | list):
        return new if old in (None, "", [], False, 0) else old
    if not old:
        return new
    if isinstance(new, list):
        known = {one.casefold() for one in old}
        return [*old, *(one for one in new if one.casefold() not in known)]
    return old if new in old else f"{old}\n{new}"


def _revived_before(mark: Mark, revived: Mapping[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(revived, str(mark))


def _skip(decision: Decision, sentence: str) -> None:
    decision.verdict, decision.field, decision.sentence = Verdict.SKIPPED, "", sentence
