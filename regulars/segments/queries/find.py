"""Finding segments."""

from collections.abc import Iterable
from difflib import get_close_matches
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.segments.choices import SegmentKind
from regulars.segments.models import Segment
from regulars.segments.names import key_of
from regulars.stores.models import Store


class UnknownSegment(Invalid):
    """A query names a segment that does not exist."""

    code = "unknown_segment"


def segments_of(store: Store) -> QuerySet[Segment]:
    """The segments of a store that are not deleted, in no order."""
    return Segment.objects.filter(store=store, deleted_at__isnull=True)


def list_segments(*, store: Store, kind: str = "") -> list[Segment]:
    """The segments of a store, by name; of one kind, if asked."""
    rows = segments_of(store).filter(kind=kind) if kind else segments_of(store)
    return list(rows.order_by("name_key", "pk"))


def get_segment(*, store: Store, segment_id: UUID) -> Segment:
    """The segment with this id. Raises `NotFound`, for those of other stores too."""
    found = segments_of(store).filter(pk=segment_id).first()
    if found is None:
        raise NotFound(_("This segment does not exist in this store."))
    return found


def segment_named(*, store: Store, name: str) -> Segment:
    """The segment of this name or id. Raises `UnknownSegment`, with a name that is near."""
    return by_names(store=store, names=[name])[key_of(name)]


def by_names(*, store: Store, names: Iterable[str]) -> dict[str, Segment]:
    """The segments of these names or ids, by the compared form of what was asked. Raises `UnknownSegment`."""
    asked = {key_of(name): name for name in names}
    ids = {record_id: key for key, name in asked.items() if (record_id := parse_id(name)) is not None}
    found: dict[str, Segment] = {}
    for segment in segments_of(store).filter(Q(name_key__in=list(asked)) | Q(pk__in=list(ids))):
        found[segment.name_key] = segment
        if segment.pk in ids:
            found[ids[segment.pk]] = segment
    for key, name in asked.items():
        if key not in found:
            known = list(segments_of(store).order_by("name_key").values_list("name", flat=True)[:1000])
            raise UnknownSegment(
                _("There is no segment “%(name)s”.%(near)s")
                % {"name": name[:80], "near": _near(name, known)},
                field="segment",
            )
    return found


def _near(name: str, known: list[str]) -> str:
    """A name that is near, whatever the case it is written in."""
    by_key = {key_of(one): one for one in known}
    near = get_close_matches(key_of(name), by_key, n=1, cutoff=0.6)
    return _(" Did you mean “%(by_key)s”?") % {"by_key": by_key[near[0]]} if near else ""


def static_choices(store: Store) -> list[tuple[str, str]]:
    """The segments one can put customers into, for forms."""
    rows = segments_of(store).filter(kind=SegmentKind.STATIC).order_by("name_key")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def all_choices(store: Store) -> list[tuple[str, str]]:
    """Every segment, for conditions: queries name segments, so the name is the value, too."""
    return [(name, name) for name in segments_of(store).order_by("name_key").values_list("name", flat=True)]
