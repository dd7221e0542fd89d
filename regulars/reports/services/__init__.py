"""Counting reports and scores ahead."""

from regulars.reports.services.counting import ask_report, count_report, refresh_reports
from regulars.reports.services.scales import refresh_scale, refresh_scales

__all__ = ["ask_report", "count_report", "refresh_reports", "refresh_scale", "refresh_scales"]
