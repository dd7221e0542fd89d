"""What a web process carries from its start: nothing that it needs for one rare page only."""

import subprocess
import sys

RARE = ("PIL", "qrcode", "xlrd", "openpyxl", "xlsxwriter", "fpdf")
START = f"""
import sys
from regulars.cli.web import APPLICATION, load_application
load_application(APPLICATION)
print(*(name for name in {RARE} if name in sys.modules))
"""


def test_libraries_of_rare_pages_are_not_loaded_at_the_start() -> None:
    done = subprocess.run([sys.executable, "-c", START], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
