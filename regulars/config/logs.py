"""What never stands in the log: the part of an address that opens something.

Django writes the address of each refused request. One of those is the form behind a link of a mail whose password was
too short, and that link still works.
"""

import logging
import re

# Secrets of links and signed words are longer than any id or name in an address.
_SECRET = re.compile(r"(?<=/)[^/\s?#]{37,}")


class HideSecrets(logging.Filter):
    """Takes secrets out of addresses, whoever writes them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, without them."""
        said = record.getMessage()
        if (hidden := _SECRET.sub("•••", said)) != said:
            record.msg, record.args = hidden, ()
        return True
