"""Reading segments."""

from regulars.segments.models import Membership, Segment
from regulars.segments.queries.conditions import (
    SegmentRefused,
    inlined,
    members_filter,
    members_of,
    segment_condition,
)
from regulars.segments.queries.find import (
    UnknownSegment,
    all_choices,
    by_names,
    get_segment,
    list_segments,
    segment_named,
    segments_of,
    static_choices,
)
from regulars.segments.queries.members import (
    Listed,
    Stay,
    members_page,
    open_memberships,
    open_refresh,
    read_list,
    segments_with,
    stays_in,
)
from regulars.segments.queries.sizes import (
    DaySize,
    Drift,
    Movement,
    drifted,
    due_for_refresh,
    movements,
    sizes_by_day,
    trends,
)
from regulars.segments.uses import Use, uses_of

__all__ = [
    "DaySize",
    "Drift",
    "Listed",
    "Membership",
    "Movement",
    "Segment",
    "SegmentRefused",
    "Stay",
    "UnknownSegment",
    "Use",
    "all_choices",
    "by_names",
    "drifted",
    "due_for_refresh",
    "get_segment",
    "inlined",
    "list_segments",
    "members_filter",
    "members_of",
    "members_page",
    "movements",
    "open_memberships",
    "open_refresh",
    "read_list",
    "segment_condition",
    "segment_named",
    "segments_of",
    "segments_with",
    "sizes_by_day",
    "static_choices",
    "stays_in",
    "trends",
    "uses_of",
]
