"""The few template tags of the desk's pages."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

register = template.Library()


@lru_cache(maxsize=512)
def _icon(address: str, name: str, classes: str) -> SafeString:
    return SafeString(
        f'<svg class="icon{" " + classes if classes else ""}" aria-hidden="true"><use href="{address}#{name}"/></svg>'
    )


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite. Names come from templates, Fields and Actions, never from people."""
    return _icon(static("desk/icons.svg"), name, classes)


@register.filter
def counted(number: int | None) -> SafeString | str:
    """Write a count that a query may have left out (None) without ever showing "None"."""
    return "" if number is None else f"{number:,}"
