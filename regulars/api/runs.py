"""Long pieces of work: how far they are."""

from typing import Any

from regulars.jobs.queries import Run


def run_url(run_id: object) -> str:
    """Where a client asks how far a run is."""
    return f"/api/v1/runs/{run_id}"


def run_json(run: Run) -> dict[str, Any]:
    """A run as the API gives it."""
    skipped = run.cursor.get("skipped", {}) if run.kind == "resources.action" else {}
    return {
        "id": str(run.pk),
        "url": run_url(run.pk),
        "kind": run.kind,
        "state": str(run.state),
        "done": run.done,
        "total": run.total,
        "counts": run.counts,
        "message": run.message,
        "reasons": [{"id": record_id, "reason": why} for record_id, why in skipped.items()],
        "created": run.created_at.isoformat(),
        "finished": run.finished_at.isoformat() if run.finished_at else None,
    }
