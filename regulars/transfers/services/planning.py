"""What is found out about a file, what a person plans for it, and plans that are kept under a name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import islice
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.importer import Importer
from regulars.resources.kinds import Tags, Text
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit
from regulars.transfers import events, queries
from regulars.transfers.choices import Phase
from regulars.transfers.mapping import (
    Column,
    Headers,
    folding_of,
    header_key,
    propose,
    refuse_unless_identified,
)
from regulars.transfers.models import Import, Profile
from regulars.transfers.plan import NO_PLAN, Plan
from regulars.transfers.reading.csvfile import Folding, Layout, Record, open_text, read_records
from regulars.transfers.reading.detect import SAMPLE_RECORDS, detect
from regulars.transfers.reading.encoding import Evidence
from regulars.transfers.reading.folding import folded
from regulars.transfers.reading.formats import TEXT
from regulars.transfers.services.locking import lock_import, lock_plannable
from regulars.transfers.services.readers import importer_of, reader_of
from regulars.transfers.services.work import stored_file

MOST_PROFILES = 200
LONGEST_NAME = 80


def recognise(imported: Import, evidence: Evidence, plan: Plan | None, actor: Actor, now: datetime) -> None:
    """Find out how a text is written and what its columns become, and set it on the import.

    Raises `UnreadableFile`, and `Invalid` when the plan does not fit the file.
    """
    resource = get_resource(imported.resource)
    context = Context(store=imported.store, actor=actor, now=now)
    importer = importer_of(resource)
    headers = Headers(resource, importer, context)
    head, is_text = evidence.head, imported.format == TEXT
    found = detect(head, evidence.encoding() if is_text else "utf-8", headers.is_known, numbered=not is_text)
    fold = folding_of(importer, found.header)
    imported.layout = replace(found.layout, fold=fold).as_json()
    header, rows = _folded(found.header, found.sample, fold)
    if is_text:
        lines = max(head.count(b"\n"), head.count(b"\r"), 1)
        imported.rows_expected = imported.size * lines // len(head)
    if plan is None:
        plan = _kept_plan(imported, header)
    if plan.reading.get("header_row"):
        header, rows = beginning(imported, plan)
    _map(imported, plan, header, rows, context)


def plan_import(*, store: Store, import_id: UUID, plan: Plan, actor: Actor, now: datetime) -> Import:
    """Set what a person decided. A file that was checked has to be checked again.

    Raises `NotFound`, `NotAllowed`, `WrongState`, and `Invalid` naming what does not fit the file.
    """
    with transaction.atomic():
        imported = lock_plannable(store, import_id, actor)
        context = Context(store=store, actor=actor, now=now)
        header, rows = beginning(imported, plan)
        _map(imported, plan, header, rows, context)
        imported.phase, imported.run_id, imported.asks = Phase.MAP, None, True
        imported.check_counts, imported.effects = {}, []
        imported.save()
    return imported


def _map(
    imported: Import, plan: Plan, header: Sequence[str], rows: Sequence[Sequence[str]], context: Context
) -> None:
    resource = get_resource(imported.resource)
    importer = importer_of(resource)
    headers = Headers(resource, importer, context)
    _refuse_unknown(plan, importer, headers)
    columns, preset = propose(
        resource=resource, headers=headers, header=header, rows=rows, plan=plan, context=context
    )
    if not imported.asks:  # else a person can still say which column it is
        refuse_unless_identified(columns, resource, importer, headers, plan)
    imported.columns = [column.as_json() for column in columns]
    imported.preset = preset.name if preset else ""
    imported.plan = plan.as_json()
    reader_of(imported, plan, context)  # what the plan fills in is read before it is kept


def refuse_unidentified(imported: Import, actor: Actor, now: datetime) -> None:
    """Raise `UnreadableFile` when no column says who the records are."""
    resource = get_resource(imported.resource)
    importer = importer_of(resource)
    headers = Headers(resource, importer, Context(store=imported.store, actor=actor, now=now))
    columns = [Column(**column) for column in imported.columns]
    refuse_unless_identified(columns, resource, importer, headers, Plan.from_json(imported.plan))


def _refuse_unknown(plan: Plan, importer: Importer, headers: Headers) -> None:
    known = {one.name: one for one in headers.importable}
    for key in plan.match:
        if key not in importer.matched_by:
            raise Invalid(
                _("Rows cannot be matched by “%(key)s”; choose among %(value)s.")
                % {"key": key, "value": ", ".join(importer.matched_by) or "none"},
                field="match",
            )
    for name, policy in plan.policies.items():
        if name not in known:
            raise Invalid(_("There is no field “%(name)s” to import.") % {"name": name}, field="policies")
        if policy == "append" and not takes_more(known[name]):
            raise Invalid(
                _("“%(label)s” holds one value, to which nothing can be added.")
                % {"label": known[name].label},
                field="policies",
            )


def takes_more(field: Field) -> bool:
    """True when something can be added to what is there: to tags, and to texts that people write."""
    written = isinstance(field.kind, Text) and field.kind.multiline and not field.only_brought
    return isinstance(field.kind, Tags) or written


def beginning(imported: Import, plan: Plan) -> tuple[list[str], list[list[str]]]:
    """The header and the first rows of the stored text, read as the plan says."""
    layout, asked = replace(Layout(**imported.layout), fold=None), plan.reading
    if not layout.numbered:  # the text of a spreadsheet is ours
        layout = replace(
            layout,
            encoding=asked.get("encoding") or layout.encoding,
            delimiter=asked.get("delimiter") or layout.delimiter,
        )
    if header_row := plan.reading.get("header_row"):
        if header_row not in map(str, range(1, SAMPLE_RECORDS + 1)):
            raise Invalid(
                _("Write the row of the header as a number up to %(sample_records)s.")
                % {"sample_records": SAMPLE_RECORDS},
                field="reading",
            )
        layout = replace(layout, skip=int(header_row) - 1)
    with stored_file(imported) as raw:
        records = read_records(open_text(raw, layout.encoding), layout)
        first = list(islice(records, layout.skip, layout.skip + 1 + SAMPLE_RECORDS))
    if len(first) < 2:
        raise Invalid(_("There is no row below that header."), field="reading")
    header = [cell.strip().removeprefix("\ufeff") for cell in first[0].cells]
    fold = folding_of(importer_of(get_resource(imported.resource)), header)
    imported.layout = replace(layout, fold=fold).as_json()
    return _folded(header, first[1:], fold)


def _folded(
    header: Sequence[str], records: Sequence[Record], fold: Folding | None
) -> tuple[list[str], list[list[str]]]:
    if fold is None:
        return list(header), [record.cells for record in records]
    return [*header, fold["into"]], [record.cells for record in folded(iter(records), fold)]


def signature_of(header: Sequence[str]) -> str:
    """What two files with the same columns share, in whatever order they stand."""
    return sha256("\x1f".join(sorted(header_key(name) for name in header)).encode()).hexdigest()


def _kept_plan(imported: Import, header: Sequence[str]) -> Plan:
    """The plan of the profile that was last used for such a file."""
    fitting = Profile.objects.filter(
        store=imported.store, resource=imported.resource, signature=signature_of(header)
    )
    profile = fitting.order_by("-used_at", "-pk").first()
    if profile is None:
        return NO_PLAN
    imported.profile_name = profile.name
    # Headers may be written otherwise than in the file the plan was made for.
    by_key = {header_key(name): name for name in header}
    plan = Plan.from_json(profile.plan)
    return replace(
        plan,
        columns={by_key.get(header_key(name), name): value for name, value in plan.columns.items()},
        steps={by_key.get(header_key(name), name): value for name, value in plan.steps.items()},
    )


def keep_profile(*, store: Store, import_id: UUID, name: str, actor: Actor, now: datetime) -> Profile:
    """Keep the plan of an import under a name; one with this name is replaced. Raises `Invalid` and `NotAllowed`."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(
            _("Give the profile a name of up to %(longest_name)s characters.")
            % {"longest_name": LONGEST_NAME},
            field="name",
        )
    with transaction.atomic():
        imported, _state = lock_import(store, import_id, actor)
        header = [column["header"] for column in imported.columns]
        values = {
            "signature": signature_of(header),
            "plan": imported.plan | {"columns": _chosen(imported), "reading": {}},
            "owner_name": actor.name,
            "used_at": now,
        }
        kept = Profile.objects.filter(store=store, resource=imported.resource)
        profile = kept.select_for_update().filter(name__iexact=name).first()
        if profile is None:
            if kept.count() >= MOST_PROFILES:
                raise Invalid(_("There are too many profiles. Delete some first."), field="name")
            profile = Profile(id=new_id(), store=store, resource=imported.resource, name=name)
        for attribute, value in values.items():
            setattr(profile, attribute, value)
        try:
            with transaction.atomic():
                profile.save()
        except IntegrityError as error:
            raise Invalid(_("Somebody has just kept a profile with this name."), field="name") from error
        imported.profile_name = name
        imported.save(update_fields=["profile_name"])
        _tell(profile, events.PROFILE_KEPT, actor, now)
    return profile


def _chosen(imported: Import) -> dict[str, str]:
    """What each column becomes now, so that the same file is mapped the same again."""
    return {one["header"]: one["field"] for one in imported.columns if one["header"] and not one["secret"]}


def use_profile(*, store: Store, import_id: UUID, profile_id: UUID, actor: Actor, now: datetime) -> Import:
    """Plan an import as a kept profile says, as far as it has such columns. Raises `NotFound` and `Invalid`."""
    profile = queries.get_profile(store=store, profile_id=profile_id)
    plan = Plan.from_json(profile.plan)
    with transaction.atomic():
        imported = lock_plannable(store, import_id, actor)
        if profile.resource != imported.resource:
            raise NotFound(_("This profile is for files of another kind."))
        headers = {column["header"] for column in imported.columns}
        fitting = replace(
            plan,
            columns={name: value for name, value in plan.columns.items() if name in headers},
            steps={name: value for name, value in plan.steps.items() if name in headers},
        )
        imported = plan_import(store=store, import_id=import_id, plan=fitting, actor=actor, now=now)
        imported.profile_name = profile.name
        imported.save(update_fields=["profile_name"])
        Profile.objects.filter(pk=profile.pk).update(used_at=now)
    return imported


def delete_profile(*, store: Store, profile_id: UUID, actor: Actor, now: datetime) -> None:
    """Forget a profile; imports that used it stay as they are. Raises `NotFound` and `NotAllowed`."""
    profile = queries.get_profile(store=store, profile_id=profile_id)
    actor.require(get_resource(profile.resource).permission("import"))
    with transaction.atomic():
        _tell(profile, events.PROFILE_REMOVED, actor, now)
        profile.delete()


def _tell(profile: Profile, kind: EventKind, actor: Actor, now: datetime) -> None:
    touched = Touched(profile.pk, data={"name": profile.name})
    emit(store=profile.store, actor=actor, resource="import_profiles", kind=kind, touched=touched, now=now)
