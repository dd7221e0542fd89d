"""Words for people: plain text, or text that is translated when it is shown."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Words = str | Promise


def inside(label: Words) -> str:
    """A label within a sentence; German keeps the capitals of its nouns, and so do abbreviations."""
    text = str(label)
    keeps = (get_language() or "").startswith("de") or text[1:2].isupper()
    return text if keeps else text[:1].lower() + text[1:]


def listed(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
