"""Django forms as templates draw them, and refusals of services beside their fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from regulars.kit.errors import InvalidRecord, Refused

_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "boolean"),
    (forms.Select, "choice"),
    (forms.Textarea, "long"),
    (forms.PasswordInput, "password"),
    (forms.EmailInput, "email"),
    (forms.TelInput, "tel"),
    (forms.NumberInput, "number"),
    (forms.DateInput, "date"),
)


def field_of(bound: BoundField, *, size: str = "") -> dict[str, Any]:
    """One field as kit/field.html draws it. A password is never sent back to the page."""
    widget, value = bound.field.widget, bound.value()
    kind = next((kind for known, kind in _KINDS if isinstance(widget, known)), "text")
    choices = getattr(bound.field, "choices", None) or []
    return {
        "name": bound.html_name,
        "id": bound.id_for_label,
        "label": bound.label,
        "kind": kind,
        "value": "" if value is None or kind == "password" else value if kind == "boolean" else str(value),
        # An empty choice that stands for "none of them" is drawn by the template for every optional choice.
        "choices": [{"value": str(key), "label": label} for key, label in choices if key != ""],
        "help": " ".join(strip_tags(str(bound.help_text)).split()),
        "problem": " ".join(str(error) for error in bound.errors),
        "required": bound.field.required,
        "optional": not bound.field.required and kind != "boolean",
        "autocomplete": widget.attrs.get("autocomplete", ""),
        "placeholder": widget.attrs.get("placeholder", ""),
        "size": size,
    }


def form_of(
    form: forms.Form,
    *,
    url: str,
    submit_label: str,
    sections: Sequence[tuple[str, str, Mapping[str, str]]] = (),
) -> dict[str, Any]:
    """A form in sections: title, text and the size of each field ("whole", "third" or "" for a half)."""
    parts = sections or [("", "", dict.fromkeys(form.fields, ""))]
    problems = [
        {
            "id": bound.auto_id,
            "label": bound.label,
            "text": " ".join(str(error) for error in bound.errors),
        }
        for bound in form
        if bound.errors
    ]
    problems += [{"id": "", "label": "", "text": str(error)} for error in form.non_field_errors()]
    return {
        "url": url,
        "submit_label": submit_label,
        "problems": problems,
        "problems_title": _("This was not saved yet"),
        "version": None,
        "sections": [
            {
                "title": title,
                "text": text,
                "fields": [field_of(form[name], size=size) for name, size in sizes.items()],
            }
            for title, text, sizes in parts
        ],
    }


def show_refusal(form: forms.Form, refusal: Refused) -> None:
    """Show each sentence at its field; what belongs to no field stands above the form."""
    errors = refusal.errors if isinstance(refusal, InvalidRecord) else {refusal.field: refusal.sentence}
    for name, sentence in errors.items():
        form.add_error(name if name in form.fields else None, sentence)
