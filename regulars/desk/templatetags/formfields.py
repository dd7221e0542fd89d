"""Draws a Django form field with the classes of our design."""

from django import template
from django.forms import CheckboxInput, RadioSelect, Select, Textarea
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def styled(field: BoundField) -> SafeString:
    """The control itself; Django adds aria-describedby and aria-invalid."""
    widget = field.field.widget
    look = "select" if isinstance(widget, Select) and not isinstance(widget, RadioSelect) else "input"
    if isinstance(widget, Textarea):
        look = "textarea"
    return field.as_widget(attrs={"class": look})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """True for a single tick, whose words stand beside it."""
    return isinstance(field.field.widget, CheckboxInput)
