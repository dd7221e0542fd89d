"""What is wrong with the text of a query, in words that say how to put it right."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from regulars.resources.tree import QueryError

_EXAMPLE = "country = FR and spent > 200"
# What people of other systems write, and what it is called here.
_MEANT = {
    "==": "=",
    "===": "=",
    "<>": "!=",
    "=!": "!=",
    "=>": ">=",
    "=<": "<=",
    "equals": "=",
    "eq": "=",
    "like": "contains",
    "ilike": "contains",
    "includes": "contains",
    "include": "contains",
    "matches": "contains",
    "has": "contains",
    "begins": "starts with",
    "startswith": "starts with",
    "endswith": "ends with",
    "null": "is empty",
    "isnull": "is empty",
    "over": ">",
    "above": ">",
    "after": ">",
    "under": "<",
    "below": "<",
    "before": "<",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "isnt": "!=",
}
_OPERATORS = ("contains", "starts with", "ends with", "between", "is empty", "in", "not in", "not contains")
_JOINTS = ("and", "or")
_SIGNS = "=<>!&|"


def suggest(name: str, known: Iterable[str]) -> str:
    """ " Did you mean “spent”?" when something known is near, else nothing."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return _(" Did you mean “%(near)s”?") % {"near": near[0]} if near else ""


def explain_mistake(text: str, error: UnexpectedInput) -> QueryError:
    """The refusal of a text that cannot be read, pointing at the word."""
    position, word = _word_at(text, error)
    if not word:
        return QueryError(_too_early(text, error), position=len(text))
    if word[0] in '"“' or (word[0] == "'" and not _expects(error, "OPERATOR")):
        return QueryError(_("A quote is opened here and never closed."), position=position, length=len(word))
    return QueryError(_misfit(word, error), position=position, length=len(word))


def _word_at(text: str, error: UnexpectedInput) -> tuple[int, str]:
    """Where the reader stumbled, and the word there; signs that stand together are one word."""
    at_end = isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    )
    found = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    position = len(text) if at_end or found < 0 else found
    if not isinstance(error, UnexpectedCharacters) and position >= len(text.rstrip()):
        return len(text), ""
    if text[position : position + 1] and text[position] in _SIGNS:
        while position and text[position - 1] in _SIGNS:
            position -= 1
        end = position
        while end < len(text) and text[end] in _SIGNS:
            end += 1
        return position, text[position:end]
    rest = text[position:].split(maxsplit=1)
    word = rest[0] if rest else ""
    if word and word[0] in "(),":
        return position, word[0]
    for sign in "(),":
        word = word.partition(sign)[0]
    return position, word


def _misfit(word: str, error: UnexpectedInput) -> str:
    start = _("“%(word)s” does not fit here.") % {"word": word[:60]}
    if word == ")" and not _expects(error, "NAME"):
        return _("This bracket closes nothing: there is no “(” for it.")
    if word == ",":
        return _("%(start)s Numbers are written without it (1234.50), lists in brackets: in (FR, BE).") % {
            "start": start
        }
    meant = _MEANT.get(word.lower())
    if _expects(error, "OPERATOR") and _expects(error, "CONTAINS"):
        meant = meant or next(iter(get_close_matches(word.lower(), _OPERATORS, n=1, cutoff=0.6)), None)
        return f"{start} " + (
            _("Did you mean “%(meant)s”?") % {"meant": meant}
            if meant
            else _("After a field comes an operator: =, !=, <, >, contains, in, is empty…")
        )
    near = meant or next(iter(get_close_matches(word.lower(), _JOINTS, n=1, cutoff=0.8)), "")
    if near and near != word and (near in _JOINTS or not word.strip(_SIGNS)):
        return _("%(start)s Did you mean “%(near)s”?") % {"start": start, "near": near}
    return f"{start} {_way_on(error)}"


def _way_on(error: UnexpectedInput) -> str:
    """What could stand here instead."""
    if _expects(error, "WITH"):
        return _("Write “starts with” or “ends with”.")
    if _expects(error, "WORD"):
        return _("A value is missing before it; put values with signs in quotes.")
    if _expects(error, "CONTAINS"):
        return _("After “not” comes “contains” or “in (…)”.")
    if _expects(error, "SEGMENT"):
        return _("Write “in segment” and its name.")
    if _expects(error, "COUNT"):
        return _("Say how many: has >= 3 orders.")
    if _expects(error, "LPAR") and not _expects(error, "NAME"):
        return _("A list stands in brackets: in (FR, BE).")
    if _expects(error, "OR") or _expects(error, "$END"):
        return _("Join conditions with “and” or “or”; put words with spaces in quotes.")
    if _expects(error, "AND"):
        return _("Both ends are joined by “and”: between 10 and 20.")
    return _("Write conditions like: %(example)s; put words with spaces in quotes.") % {"example": _EXAMPLE}


def _too_early(text: str, error: UnexpectedInput) -> str:
    if text.count("(") > text.count(")") and (_expects(error, "RPAR") or _expects(error, "AND")):
        return _("The query ends too early: a bracket is opened and never closed.")
    return _("The query ends too early; write it like: %(example)s.") % {"example": _EXAMPLE}


def _expects(error: UnexpectedInput, terminal: str) -> bool:
    """Whether the reader could have gone on with this."""
    if isinstance(error, UnexpectedCharacters):
        return terminal in (error.allowed or ())
    return isinstance(error, UnexpectedToken) and terminal in (error.accepts or error.expected or ())
