"""What is worth telling about a sheet, counted while it is read."""

from dataclasses import dataclass, field


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
    "formulas": (
        "{first} is a formula; the stored result was read.",
        "{count} cells are formulas (first {first}); their stored results were read.",
    ),
    "circular": (
        "The formula in {first} refers to itself, so what is stored for it is no result.",
        "{count} formulas refer to themselves (first {first}), so what is stored for them is no result.",
    ),
    "uncalculated": (
        "The formula in {first} was never calculated and was read as empty. To have its result, open the file in a "
        "spreadsheet and save it.",
        "{count} formulas (first {first}) were never calculated and were read as empty. To have their results, open "
        "the file in a spreadsheet and save it.",
    ),
    "errors": (
        "{first} is an error of the spreadsheet and was read as empty.",
        "{count} cells are errors of the spreadsheet (first {first}) and were read as empty.",
    ),
    "merged": (
        "Merged cells ({first}): the first one has the value, the others were read as empty.",
        "{count} groups of merged cells (first {first}): the first cell of each has the value, the others were read "
        "as empty.",
    ),
    "hidden": (
        "{first} is hidden and was read too.",
        "{count} rows or columns are hidden (first {first}) and were read too.",
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
        for name, (one, many) in _SENTENCES.items():
            seen: Seen = getattr(self, name)
            if seen.count:
                sentence = (one if seen.count == 1 else many).format(
                    count=f"{seen.count:,}", first=seen.first
                )
                said.append(sentence[0].upper() + sentence[1:])
        return said
