"""Reading reports and scores."""

from regulars.reports.models import CountedReport as CountedReport
from regulars.reports.models import ScoreScale as ScoreScale
from regulars.reports.queries.find import EVERY, due_reports, first_day, names_of, scale_of
from regulars.reports.queries.scores import SCORES, score_condition, score_expression

__all__ = [
    "EVERY",
    "SCORES",
    "CountedReport",
    "ScoreScale",
    "due_reports",
    "first_day",
    "names_of",
    "scale_of",
    "score_condition",
    "score_expression",
]
