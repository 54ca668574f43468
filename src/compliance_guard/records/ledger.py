"""The consent ledger: what each person agreed to and took back, append-only, each entry sealed with the one before.

An entry's hash covers its content and the hash of the entry before it, so that an edit, a deletion or a
change of order shows in `verify`. The database refuses updates and deletions too (triggers). One transaction
an entry, committed to disk before `grant` or `withdraw` returns: killed in the middle, an entry is there
whole or not at all. Writers queue: SQLite's write lock, PostgreSQL's table lock.

Field names are those of ISO/IEC TS 27560. Why a chain of our own: ADR 13.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from compliance_guard.domain import Consent
from compliance_guard.errors import InputError, LedgerError
from compliance_guard.records.validation import record_of

FIRST = "0" * 64
"""What the first entry is sealed with."""

_SCHEMA = sa.MetaData()
_ENTRIES = sa.Table(
    "consent_entries",
    _SCHEMA,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("recorded_at", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False, index=True),
    sa.Column("event", sa.String(10), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False),
)

_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS consent_entries_no_{verb.lower()} BEFORE {verb} ON consent_entries "
        "BEGIN SELECT RAISE(ABORT, 'consent_entries is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION consent_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'consent_entries is append-only'; END $$",
        "CREATE OR REPLACE TRIGGER consent_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON consent_entries FOR EACH STATEMENT EXECUTE FUNCTION consent_entries_append_only()",
    ],
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    Attributes:
        number: from 1, without gaps.
        recorded_at: when it was written, UTC, ISO 8601.
        event: `grant` or `withdraw`.
        content: canonical JSON of the consent, or of the withdrawal.
        previous, hash: SHA-256, hexadecimal.
    """

    number: int
    recorded_at: str
    subject: str
    event: str
    content: str
    previous: str
    hash: str

    def seal(self) -> str:
        """The hash that its content and its predecessor call for."""
        told = [self.number, self.recorded_at, self.subject, self.event, self.content, self.previous]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    def told(self) -> dict[str, Any]:
        """Its content, read."""
        read: dict[str, Any] = json.loads(self.content)
        return read


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain breaks.

    Attributes:
        number: of the first entry that is not what it was, or is missing.
        problem: in Chinese.
    """

    number: int
    problem: str


class ConsentLedger:
    """Consents and withdrawals in a database.

    Args:
        url: of the database, as SQLAlchemy takes it: `sqlite:///consents.db`, `postgresql+psycopg://…`.

    Raises:
        LedgerError: the database cannot be opened, or is of another kind.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = sa.create_engine(url)
            if self._engine.dialect.name not in _APPEND_ONLY:
                raise LedgerError(f"不支持 {self._engine.dialect.name};可用 sqlite、postgresql")
            if self._engine.dialect.name == "sqlite":
                sa.event.listen(self._engine, "connect", _sqlite_durable)
                sa.event.listen(self._engine, "begin", _sqlite_begin)
            self._writing = self._engine.execution_options(writes=True)
            with self._writing.begin() as connection:
                self._lock_schema(connection)
                _SCHEMA.create_all(connection)
                for statement in _APPEND_ONLY[self._engine.dialect.name]:
                    connection.execute(sa.text(statement))
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise LedgerError(f"数据库打不开: {_brief(error)}") from None

    def _lock_schema(self, connection: sa.Connection) -> None:
        if self._engine.dialect.name == "postgresql":  # two first comers must not both create the table
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('consent_entries'))"))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def grant(self, consent: Consent) -> Entry:
        """Record a consent.

        Raises:
            InputError: it does not say who consented, or when.
            LedgerError: it could not be written.
        """
        if consent.subject is None or consent.granted_at is None:
            lacking = "subject" if consent.subject is None else "granted_at"
            raise InputError(lacking, None, "台账里的同意须写明谁、何时")
        return self._append(consent.subject, "grant", consent.model_dump(mode="json", exclude_none=True))

    def withdraw(
        self, subject: str, at: datetime, *, controller: str | None = None, channels: Sequence[str] | None = None
    ) -> Entry:
        """Record that a person took back consent.

        Args:
            at: with a zone.
            controller: to whom it had been given; None: to everybody.
            channels: None: all.

        Raises:
            InputError: a time without a zone, or an unknown channel.
            LedgerError: it could not be written.
        """
        given = {"subject": subject, "withdrawn_at": at, "withdrawn_channels": channels}
        checked = record_of(Consent, given, "withdraw")
        told = checked.model_dump(mode="json", exclude_none=True, include={"withdrawn_at", "withdrawn_channels"})
        return self._append(subject, "withdraw", told | ({"controller": controller} if controller else {}))

    def _append(self, subject: str, event: str, content: dict[str, Any]) -> Entry:
        canonical = _canonical(content)
        try:
            with self._writing.begin() as connection:
                if self._engine.dialect.name == "postgresql":
                    connection.execute(sa.text("LOCK TABLE consent_entries IN EXCLUSIVE MODE"))
                last = connection.execute(
                    sa.select(_ENTRIES.c.number, _ENTRIES.c.hash).order_by(_ENTRIES.c.number.desc()).limit(1)
                ).first()
                number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
                now = datetime.now(UTC).isoformat(timespec="microseconds")
                open_entry = Entry(number, now, subject, event, canonical, previous, "")
                entry = Entry(number, now, subject, event, canonical, previous, open_entry.seal())
                connection.execute(_ENTRIES.insert().values(_row(entry)))
                return entry
        except sa.exc.SQLAlchemyError as error:
            raise LedgerError(f"没有写入: {_brief(error)}") from None

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        """All entries, or one person's, in order; streamed.

        Raises:
            LedgerError: the database cannot be read.
        """
        query = sa.select(_ENTRIES).order_by(_ENTRIES.c.number)
        if subject is not None:
            query = query.where(_ENTRIES.c.subject == subject)
        try:
            with self._engine.connect() as connection:
                for row in connection.execution_options(yield_per=1000).execute(query):
                    yield Entry(**row._mapping)
        except sa.exc.SQLAlchemyError as error:
            raise LedgerError(f"读不了: {_brief(error)}") from None

    def state_at(self, subject: str, time: datetime) -> tuple[Consent, ...]:
        """A person's consents as they stood at a moment, withdrawals among them, in order of granting.

        Only what had been granted, and withdrawn, by then counts. What a withdrawal ended, a later grant does not
        mend: it is a consent of its own.

        Args:
            time: with a zone.

        Raises:
            InputError: a time without a zone.
        """
        if time.tzinfo is None:
            raise InputError("time", time.isoformat(), "时刻须带时区,例如 2026-11-24T10:00:00+08:00")
        standing: list[Consent] = []
        for _, _, consent, told in sorted(_events(self.entries(subject), time), key=lambda e: e[:2]):
            standing = [*standing, consent] if consent else [_after(c, told) for c in standing]
        return tuple(standing)

    def verify(self) -> Fault | None:
        """The first place at which the chain breaks; None if it holds.

        A ledger cut off at its end looks whole: keep the newest hash elsewhere (`head`) and compare.
        """
        previous = FIRST
        for number, entry in enumerate(self.entries(), 1):
            if entry.number != number:
                return Fault(number, f"第 {number} 条不见了")
            if entry.previous != previous:
                return Fault(number, f"第 {number} 条与前一条接不上")
            if entry.hash != entry.seal():
                return Fault(number, f"第 {number} 条的内容被改过")
            previous = entry.hash
        return None

    def head(self) -> str:
        """The newest entry's hash: to be kept where the ledger's owner cannot write."""
        query = sa.select(_ENTRIES.c.hash).order_by(_ENTRIES.c.number.desc()).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() or FIRST

    def proof(self, subject: str) -> dict[str, Any]:
        """What shows an inspector a person's consents: their entries in full, of all others the hashes alone.

        `check_proof` verifies it without the ledger, and without anybody else's data.
        """
        chain = [
            {"number": e.number, "hash": e.hash} | (_shown(e) if e.subject == subject else {})
            for e in self.entries()
        ]
        return {"subject": subject, "head": chain[-1]["hash"] if chain else FIRST, "chain": chain}


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "recorded_at": entry.recorded_at, "subject": entry.subject, "event": entry.event, "content": entry.told(),
        "previous": entry.previous,
    }  # fmt: skip


def check_proof(proof: dict[str, Any], head: str) -> Fault | None:
    """The first entry of a proof that does not fit the chain that ends in `head`; None if all do."""
    previous = FIRST
    for number, link in enumerate(proof["chain"], 1):
        if link["number"] != number:
            return Fault(number, f"第 {number} 条不见了")
        if "content" in link:
            known = {name: link[name] for name in Entry.__slots__ if name != "content"}
            entry = Entry(**known, content=_canonical(link["content"]))
            if entry.seal() != entry.hash or entry.previous != previous:
                return Fault(number, f"第 {number} 条的内容被改过")
        previous = link["hash"]
    return None if previous == head else Fault(len(proof["chain"]) + 1, "结尾与台账的最新哈希不符")


def _canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


Event = tuple[datetime, int, Consent | None, dict[str, Any]]
"""When it happened, its number, the consent if it is a grant, its content."""


def _events(entries: Iterable[Entry], time: datetime) -> Iterator[Event]:
    for entry in entries:
        told = entry.told()
        consent = Consent.model_validate(told) if entry.event == "grant" else None
        when = datetime.fromisoformat(told["granted_at" if consent else "withdrawn_at"])
        if when <= time:
            yield when, entry.number, consent, told


def _after(consent: Consent, withdrawal: dict[str, Any]) -> Consent:
    """A consent after a withdrawal, if that speaks of it."""
    controller = withdrawal.get("controller")
    if controller is not None and consent.controller not in (None, controller):
        return consent
    channels = withdrawal.get("withdrawn_channels")
    if consent.withdrawn_at is None:
        at = datetime.fromisoformat(withdrawal["withdrawn_at"])
        return consent.model_copy(
            update={"withdrawn_at": at, "withdrawn_channels": None if channels is None else tuple(channels)}
        )
    if consent.withdrawn_channels is None or channels is None:
        return consent.model_copy(update={"withdrawn_channels": None})
    both = dict.fromkeys((*consent.withdrawn_channels, *channels))
    return consent.model_copy(update={"withdrawn_channels": tuple(both)})


def _row(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def _sqlite_durable(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are ours, see `_sqlite_begin`
    for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {setting}")


def _sqlite_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _brief(error: Exception) -> str:
    """Without the statement's parameters: they hold personal data."""
    origin = getattr(error, "orig", None) or error
    return str(origin).splitlines()[0]
