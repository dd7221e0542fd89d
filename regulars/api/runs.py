"""Long pieces of work: how far they are."""

from typing import Any

from django.http import HttpResponse

from regulars.api.answers import respond
from regulars.jobs.queries import Run, get_run, skipped_of
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.execute import Performed

REASONS = 200


def run_url(run_id: object) -> str:
    """Where a client asks how far a run is."""
    return f"/api/v1/runs/{run_id}"


def run_json(run: Run) -> dict[str, Any]:
    """A run as the API gives it."""
    skipped = skipped_of(run=run, limit=REASONS)
    return {
        "id": str(run.pk),
        "url": run_url(run.pk),
        "kind": run.kind,
        "state": str(run.state),
        "done": run.done,
        "total": run.total,
        "counts": run.counts,
        "change_set": run.cursor.get("change_set"),
        "message": run.message,
        "reasons": [{"id": str(record_id), "reason": why} for record_id, why in skipped.items()],
        "created": run.created_at.isoformat(),
        "finished": run.finished_at.isoformat() if run.finished_at else None,
    }


def performed_json(performed: Performed) -> dict[str, Any]:
    """What an action did, without anything personal; a run by its id."""
    return {
        "matched": performed.matched,
        "done": len(performed.done),
        "skipped": len(performed.skipped),
        "reasons": [{"id": str(record_id), "reason": why} for record_id, why in performed.skipped.items()],
        "change_set": str(performed.change_set) if performed.change_set else None,
        "run": str(performed.run.pk) if performed.run else None,
    }


def performed_answer(body: dict[str, Any], context: Context) -> HttpResponse:
    """The answer to an action: 200 with the outcome, or 202 with the run as it is now."""
    run_id = parse_id(body["run"] or "")
    if run_id is None:
        return respond(body)
    run = run_json(get_run(store=context.store, run_id=run_id))
    return respond(body | {"run": run}, status=202, headers={"Location": run["url"]})
