"""The bundled PostgreSQL: a real database in the data folder, so that there is nothing to install first.

It starts before Django has settings, so nothing here imports Django or the rest of Regulars.
"""

from regulars.embedded.cluster import Cluster
from regulars.embedded.errors import EmbeddedError
from regulars.embedded.sharing import borrow

__all__ = ["Cluster", "EmbeddedError", "borrow"]
