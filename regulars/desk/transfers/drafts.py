"""The form of the mapping page: what a person is deciding, as typed, whether it can be kept or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from regulars.kit.errors import Invalid
from regulars.resources.importer import Mark
from regulars.transfers.queries import ImportView, MappedColumn
from regulars.transfers.steps import STEPS, clean_steps, joined_headers

MOST_KEYS = 3
Step = dict[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as it was sent, or as it begins. Columns are known by their place in the file."""

    fields: dict[int, str]
    steps: dict[int, list[Step]]
    policies: dict[str, str]
    defaults: list[tuple[str, str]]
    match: list[str]
    found: dict[str, str]
    reading: dict[str, str]
    tags: str = ""
    phone_country: str = ""
    mode: str = "both"
    twins: str = "refuse"
    shared_mail: str = "ask"
    opened: set[int] = field(default_factory=set)

    def data(self, view: ImportView) -> dict[str, Any]:
        """The plan this asks for, as `Plan.from_json` takes it.

        What a column became by itself is not written down unless somebody chose it: its reason would be lost.
        """
        columns = dict(view.plan.columns)
        steps = {}
        for column in addressable(view):
            if self.fields.get(column.index, chosen(view, column)) != chosen(view, column):
                columns[column.header] = self.fields[column.index]
            if self.steps.get(column.index):
                steps[column.header] = self.steps[column.index]
        return {
            "columns": columns,
            "steps": steps,
            "defaults": {name: text for name, text in self.defaults if name and text.strip()},
            "policies": {name: policy for name, policy in self.policies.items() if policy != "overwrite"},
            "found": {mark: answer for mark, answer in self.found.items() if answer != "update"},
            "match": list(dict.fromkeys(name for name in self.match if name)),
            "reading": {name: text for name, text in self.reading.items() if text},
            "tags": self.tags,
            "phone_country": self.phone_country,
            "mode": self.mode,
            "twins": self.twins,
            "shared_mail": self.shared_mail,
        }

    def with_step(self, index: int, name: str) -> "Draft":
        """The same with one step more for a column."""
        return replace(self, steps={**self.steps, index: [*self.steps.get(index, []), {"step": name}]})

    def finished(self) -> "Draft":
        """The same without the steps that still lack something."""
        return replace(
            self, steps={index: list(filter(_is_whole, steps)) for index, steps in self.steps.items()}
        )

    def without_step(self, index: int, at: int) -> "Draft":
        """The same without one of the steps of a column."""
        kept = [step for number, step in enumerate(self.steps.get(index, [])) if number != at]
        return replace(self, steps={**self.steps, index: kept})


def _is_whole(step: Step) -> bool:
    try:
        clean_steps({"": [step]})
    except Invalid:
        return False
    return True


def addressable(view: ImportView) -> list[MappedColumn]:
    """The columns a person can say something about: a plan knows them by their header, so the first of each."""
    seen: dict[str, MappedColumn] = {}
    for column in view.columns:
        if not column.secret:
            seen.setdefault(column.header, column)
    return list(seen.values())


def chosen(view: ImportView, column: MappedColumn) -> str:
    """What a column becomes by the plan, else by itself."""
    return view.plan.columns.get(column.header, column.field)


def draft_of(view: ImportView) -> Draft:
    """The form as it begins."""
    plan, columns = view.plan, addressable(view)
    return Draft(
        fields={column.index: chosen(view, column) for column in columns},
        steps={
            column.index: list(plan.steps[column.header]) for column in columns if column.header in plan.steps
        },
        policies=dict(plan.policies),
        defaults=list(plan.defaults.items()),
        match=list(plan.match),
        found=dict(plan.found),
        reading=dict(plan.reading),
        tags=plan.tags,
        phone_country=plan.phone_country,
        mode=plan.mode,
        twins=plan.twins,
        shared_mail=plan.shared_mail,
    )


def read_draft(sent: QueryDict, view: ImportView) -> Draft:
    """What the form says. Whatever it does not ask stays as it is."""
    now = draft_of(view)
    return Draft(
        fields={index: sent.get(f"column-{index}", value) for index, value in now.fields.items()},
        steps={column.index: _steps(sent, column.index) for column in addressable(view)},
        policies=now.policies | _after("policy-", sent),
        defaults=list(zip(sent.getlist("default-field"), sent.getlist("default-text"), strict=False)),
        match=sent.getlist("match")[:MOST_KEYS],
        found={mark: sent.get(f"found-{mark}", now.found.get(mark, "update")) for mark in Mark},
        reading={name: sent.get(f"reading-{name}", text) for name, text in _reading(now).items()},
        tags=sent.get("tags", now.tags),
        phone_country=sent.get("phone_country", now.phone_country),
        mode=sent.get("mode", now.mode),
        twins=sent.get("twins", now.twins),
        shared_mail=sent.get("shared_mail", now.shared_mail),
    )


def _reading(now: Draft) -> dict[str, str]:
    return {"header_row": "", "encoding": "", "delimiter": ""} | now.reading


def _after(prefix: str, sent: Mapping[str, Any]) -> dict[str, str]:
    return {name.removeprefix(prefix): str(sent[name]) for name in sent if name.startswith(prefix)}


def _steps(sent: QueryDict, index: int) -> list[Step]:
    found = []
    for at in range(20):
        start = f"step-{index}-{at}"
        step = STEPS.get(sent.get(start, ""))
        if step is None:
            break
        told = {
            asked.name: "\n".join(sent.getlist(f"{start}-{asked.name}"))
            if step.name == "join" and asked.name == "columns"
            else sent.get(f"{start}-{asked.name}", "")
            for asked in step.inputs
        }
        found.append({"step": step.name, **told})
    return found


def joined(step: Step) -> list[str]:
    """The columns that a step joins, as far as they are chosen."""
    return joined_headers(step) if step.get("columns") else []
