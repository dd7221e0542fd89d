"""Names the browser and system of a session the way people do."""

# The first match wins, so names that others also carry ("Chrome", "Safari", "Linux") come last.
_BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
    "Chrome/": "Chrome", "Safari/": "Safari", "curl": "curl", "python": "Python",
}  # fmt: skip
_SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "macOS",
    "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


def device_name(user_agent: str) -> str:
    """ "Firefox on Windows"; the first words of what the program calls itself when it is none we know."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return " · ".join(filter(None, (browser, system))) or user_agent[:40] or "?"


def is_phone(user_agent: str) -> bool:
    """True for phones and tablets."""
    return any(mark in user_agent for mark in ("iPhone", "iPad", "Android", "Mobile"))
