"""Noticing within one file, of any size, that a later row is about the same record as an earlier one."""

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from regulars.kit.copying import array_of, copy_rows
from regulars.stores.models import Store
from regulars.transfers.models import Claim


class Claimed(NamedTuple):
    """Which line has a key, and the digest of that line's cells."""

    line: int
    digest: int


class Claims:
    """The keys that the rows of one phase of one import have taken."""

    def __init__(self, *, store: Store, import_id: UUID, phase: str) -> None:
        self._store = store
        self._import_id = import_id
        # Another import, or another phase of this one, makes other numbers of the same key.
        self._salt = blake2b(phase.encode(), key=import_id.bytes, digest_size=16).digest()

    def number(self, key: str) -> int:
        """The number a key is kept by."""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).digest()
        return int.from_bytes(digest, signed=True)

    def find(self, numbers: Iterable[int]) -> dict[int, Claimed]:
        """Those of the keys that earlier batches have taken."""
        # One array instead of thousands of parameters: building and parsing those took longer than the look-up.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, line, digest FROM transfers_claim WHERE store_id = %s AND key = ANY(%s::bigint[])",
                [self._store.pk, array_of(map(str, numbers))],
            )
            return {key: Claimed(line, digest) for key, line, digest in cursor.fetchall()}

    def add(self, claims: dict[int, Claimed]) -> None:
        """Take keys, inside the transaction of the batch."""
        if not claims:
            return
        copy_rows(
            table="transfers_claim",
            columns=("key", "line", "digest"),
            rows=((key, line, digest) for key, (line, digest) in claims.items()),
            same={"store_id": self._store.pk, "import_id": self._import_id},
        )

    def give_up(self, numbers: Collection[int]) -> None:
        """Let go of keys that rows have had."""
        if numbers:
            Claim.objects.filter(store=self._store, key__in=numbers).delete()

    def take_over(self, claims: dict[int, Claimed]) -> set[int]:
        """Take keys, also from other rows. Returns the lines of those."""
        if not claims:
            return set()
        lines = {line for line, _digest in self.find(claims).values()}
        self.give_up(claims.keys())
        self.add(claims)
        return lines - {one.line for one in claims.values()}

    def forget(self) -> None:
        """Let go of all keys of the import."""
        Claim.objects.filter(store=self._store, import_id=self._import_id).delete()
