"""What is worth telling about a sheet, counted while it is read."""

from dataclasses import dataclass, field

from django.utils.translation import ngettext_lazy


@dataclass(slots=True)
class Seen:
    """How often something was met, and where first."""

    count: int = 0
    first: str = ""

    def add(self, where: str) -> None:
        """Count one more."""
        self.count += 1
        self.first = self.first or where


_SENTENCES = {
    "formulas": ngettext_lazy(
        "%(first)s is a formula; the stored result was read.",
        "%(count)s cells are formulas (first %(first)s); their stored results were read.",
        "count",
    ),
    "circular": ngettext_lazy(
        "The formula in %(first)s refers to itself, so what is stored for it is no result.",
        "%(count)s formulas refer to themselves (first %(first)s), so what is stored for them is no result.",
        "count",
    ),
    "uncalculated": ngettext_lazy(
        "The formula in %(first)s was never calculated and was read as empty. To have its result, open the file in "
        "a spreadsheet and save it.",
        "%(count)s formulas (first %(first)s) were never calculated and were read as empty. To have their results, "
        "open the file in a spreadsheet and save it.",
        "count",
    ),
    "errors": ngettext_lazy(
        "%(first)s is an error of the spreadsheet and was read as empty.",
        "%(count)s cells are errors of the spreadsheet (first %(first)s) and were read as empty.",
        "count",
    ),
    "merged": ngettext_lazy(
        "Merged cells (%(first)s): the first one has the value, the others were read as empty.",
        "%(count)s groups of merged cells (first %(first)s): the first cell of each has the value, the others were "
        "read as empty.",
        "count",
    ),
    "hidden": ngettext_lazy(
        "%(first)s is hidden and was read too.",
        "%(count)s rows or columns are hidden (first %(first)s) and were read too.",
        "count",
    ),
}


@dataclass(slots=True)
class Notes:
    """Everything that is counted about one sheet."""

    formulas: Seen = field(default_factory=Seen)
    circular: Seen = field(default_factory=Seen)
    uncalculated: Seen = field(default_factory=Seen)
    errors: Seen = field(default_factory=Seen)
    merged: Seen = field(default_factory=Seen)
    hidden: Seen = field(default_factory=Seen)

    def say(self) -> list[str]:
        """A sentence for each thing that was met."""
        said = []
        for name, sentence in _SENTENCES.items():
            seen: Seen = getattr(self, name)
            if seen.count:
                words = sentence % {"count": seen.count, "first": seen.first}
                said.append(words[0].upper() + words[1:])
        return said
