"""Expected refusals: what a person is told when the answer is no."""

from collections.abc import Callable, Mapping


class Refused(Exception):
    """A rule of the business says no. Carries a code for machines and a sentence for people.

    Interfaces turn it into a message (desk), a problem document (API) or one line (CLI); anything that is
    not a `Refused` is a bug and stays loud. `noted` writes once more what is to stay of the attempt; whoever takes back
    everything for the sake of a refusal calls it afterwards.
    """

    code = "refused"
    status = 409

    def __init__(
        self, sentence: str, *, field: str = "", code: str = "", noted: Callable[[], None] | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.noted = noted
        if code:
            self.code = code


class NotFound(Refused):
    """The record does not exist in this store (a row of another store is "not found" too)."""

    code = "not_found"
    status = 404


class NotAllowed(Refused):
    """The role of the person does not include this."""

    code = "not_allowed"
    status = 403


class TooSlow(Refused):
    """The database gave up on a question; nothing was changed."""

    code = "too_slow"
    status = 422


class NoSpace(Refused):
    """The disk is full; what was begun was taken back."""

    code = "no_space"
    status = 507


class Invalid(Refused):
    """One value cannot be accepted; the sentence says how to write it."""

    code = "invalid"
    status = 422


class InvalidRecord(Refused):
    """Several fields of one record cannot be accepted: `errors` maps field name to sentence."""

    code = "invalid"
    status = 422

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)
