"""What can happen to a segment, and to a customer through one."""

from regulars.timeline.events import event_kind

CREATED = event_kind("segment.created", "Segment made: {name}", icon="chart-pie")
EDITED = event_kind("segment.edited", "Segment changed: {name}", icon="chart-pie")
FOLLOWED = event_kind(
    "segment.followed", "Conditions of the segment {name} follow a segment's new name", icon="chart-pie"
)
DELETED = event_kind("segment.deleted", "Segment deleted: {name}", icon="trash")
RESTORED = event_kind("segment.restored", "Segment brought back: {name}", icon="restore")
ENTERED = event_kind("segment.entered", "Put into the segment {segment}", icon="chart-pie")
LEFT = event_kind("segment.left", "Taken out of the segment {segment}", icon="chart-pie")
