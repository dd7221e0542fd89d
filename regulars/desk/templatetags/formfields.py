"""Lets templates draw the fields of forms that are not ours (django-allauth) in our design."""

from typing import Any

from django import template
from django.forms.boundfield import BoundField

from regulars.kit.forms import field_of

register = template.Library()


@register.filter
def as_field(bound: BoundField) -> dict[str, Any]:
    """A Django form field as kit/field.html draws it."""
    return field_of(bound)
