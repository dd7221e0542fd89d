"""An item apart from where it is kept."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as people write it; `id` is that of a known one."""

    title: str
    condition: str = ""
    serial: str = ""
    quoted_minor: int | None = None
    final_minor: int | None = None
    id: UUID | None = None
