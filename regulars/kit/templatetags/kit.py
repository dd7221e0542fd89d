"""The few template tags of all pages."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

from regulars.kit.words import inside

register = template.Library()
register.filter("inside", inside)


@lru_cache(maxsize=512)
def _icon(address: str, name: str, classes: str) -> SafeString:
    classes = f"icon {classes}" if classes else "icon"
    return SafeString(f'<svg class="{classes}" aria-hidden="true"><use href="{address}#{name}"/></svg>')


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite. Names come from templates, Fields and Actions, never from people."""
    return _icon(_sprite(), name, classes)


@lru_cache(maxsize=1)
def _sprite() -> str:
    """The address of the sprite; it changes only with the files, and those with a restart."""
    return static("kit/icons.svg")
