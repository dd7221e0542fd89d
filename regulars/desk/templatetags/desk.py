"""The template tags of the desk's pages: those of all pages."""

from regulars.kit.templatetags.kit import register

__all__ = ["register"]
