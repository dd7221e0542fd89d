"""Rules that every page keeps, read from the templates themselves."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(ROOT.glob("regulars/*/templates"))
TEMPLATES = sorted(path for folder in FOLDERS for path in folder.rglob("*.html"))
ICONS = set((ROOT / "ui" / "icons.txt").read_text("utf-8").split())
FORBIDDEN = re.compile(r"""\sstyle=|\son[a-z]+=|\shx-on|<style|javascript:|\sjs:|<script(?![^>]*\ssrc=)""")


def named(path: Path) -> str:
    """A template as the pages name it."""
    return path.relative_to(next(folder for folder in FOLDERS if path.is_relative_to(folder))).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_compiles(path: Path) -> None:
    get_template(named(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_holds_nothing_the_content_policy_forbids(path: Path) -> None:
    assert FORBIDDEN.findall(path.read_text("utf-8")) == []


def test_every_icon_a_template_draws_is_in_the_sprite() -> None:
    drawn = {
        name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text("utf-8"))
    }
    assert drawn - ICONS == set()


def test_every_icon_the_code_names_is_in_the_sprite() -> None:
    named = {
        name
        for path in (ROOT / "regulars").rglob("*.py")
        for name in re.findall(r"""\bicon["']?\s*[=:]\s*["']([\w-]+)["']""", path.read_text("utf-8"))
    }
    assert named - ICONS == set()


def test_every_post_form_carries_the_token() -> None:
    missing = [
        (f"{path.parent.name}/{path.name}", form[:80])
        for path in TEMPLATES
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text("utf-8"), re.DOTALL)
        if "csrf_token" not in form
    ]
    # There the signed link is the token, and it must work without cookies.
    assert [one for one in missing if one[0] not in ("portal/leave.html", "portal/offer.html")] == []
