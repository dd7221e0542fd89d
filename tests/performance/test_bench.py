"""The bench's own arithmetic and its report."""

from regulars.cli.bench import report
from regulars.cli.bench.web import percentile

RESULTS = {
    100_000: [
        {"name": "list", "p50": 21.0, "value": 59.9, "unit": "ms", "budget": 60, "least": False},
        {"name": "search", "p50": 30.5, "value": 100.1, "unit": "ms", "budget": 100, "least": False},
        {"name": "pages per second", "value": 61.0, "unit": "pages/s", "budget": 60, "least": True},
        {"name": "making the data", "value": 12.5, "unit": "s", "budget": None, "least": False},
        {"name": "import", "value": None, "unit": ""},
    ]
}


def test_percentile_is_a_value_that_was_seen():
    assert percentile([5, 1, 4, 2, 3], 95) == 5
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([7], 95) == 7


def test_the_table_says_which_lines_hold_the_budget():
    lines = {line.split("  ")[0]: line for line in report.table(RESULTS).splitlines()}

    assert lines["list"].endswith("≤ 60 ms    ok")
    assert lines["search"].endswith("≤ 100 ms  over")
    assert lines["pages per second"].endswith("≥ 60 pages/s    ok")
    assert "budget" not in lines["making the data"]
    assert "not measured" in lines["import"]


def test_the_document_names_its_conditions(tmp_path, monkeypatch):
    monkeypatch.setattr(report.regulars, "__file__", str(tmp_path / "regulars" / "__init__.py"))

    path = report.write(report.conditions() | {"load_after": report.load()}, RESULTS, tmp_path)

    text = path.read_text()
    assert path == tmp_path / "performance.md"
    assert "## Conditions" in text and "cores" in text and "granian" in text
    assert "| search | 30.5 ms | 100.1 ms | ≤ 100 ms | over |" in text
