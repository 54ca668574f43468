"""A request that names ids only, over real files and a real database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from compliance_guard import Reviewer
from compliance_guard.domain import Consent, Customer, Product
from compliance_guard.errors import ConfigError, InputError
from compliance_guard.records.directories import CustomerTable, ProductTable, Rows, open_rows
from compliance_guard.records.ledger import ConsentLedger

pa = pytest.importorskip("pyarrow")

PRODUCTS = [
    {"code": "P1", "kind": "wealth_management", "name": "稳稳一号", "risk_grade": "R4", "status": "on_sale",
     "desk": "金市部"},
    {"code": "P2", "kind": "public_fund", "name": "先锋", "risk_grade": "R2", "status": "ended", "desk": ""},
]  # fmt: skip
CUSTOMERS = [
    {"id": "K1", "risk_grade": "C2", "assessed_at": "2026-06-01", "birth_date": "1980-01-02",
     "assessments_last_12_months": "2026-01-05;2026-06-01", "liquid_assets": "300000.5", "student": ""},
    {"id": "K2", "risk_grade": "C5", "assessed_at": "2026-06-01", "birth_date": "1975-03-04",
     "assessments_last_12_months": "", "liquid_assets": "", "student": "false"},
]  # fmt: skip


def stored(kind: str, rows: list[dict[str, str]], key: str, folder: Path, encoding: str = "utf-8") -> Rows:
    if kind == "csv":
        path = folder / f"{key}.csv"
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return open_rows(path, key)
    if kind == "parquet":
        from pyarrow import parquet

        parquet.write_table(pa.Table.from_pylist(rows), folder / f"{key}.parquet")
        return open_rows(folder / f"{key}.parquet", key)
    url = f"sqlite:///{folder / 'firm.db'}"
    engine = sa.create_engine(url)
    table = sa.Table(f"t_{key}", sa.MetaData(), *(sa.Column(name, sa.String) for name in rows[0]))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), rows)
    engine.dispose()
    return open_rows(url, key, f"t_{key}")


@pytest.fixture(params=["csv", "parquet", "sql"])
def reviewer(request: pytest.FixtureRequest, tmp_path: Path) -> Reviewer:
    ledger = ConsentLedger(f"sqlite:///{tmp_path / 'consents.db'}")
    granted = datetime.fromisoformat("2026-03-01T10:00:00+08:00")
    ledger.grant(
        Consent(subject="K2", controller="示例银行", granted_at=granted, method="opt_in", evidence_id="E1")
    )
    return Reviewer(
        classifier="off",
        discover=False,
        catalogue=ProductTable(stored(request.param, PRODUCTS, "code", tmp_path)),
        customers=CustomerTable(stored(request.param, CUSTOMERS, "id", tmp_path)),
        ledger=ledger,
    )


def codes(reviewer: Reviewer, **context: object) -> set[str]:
    report = reviewer.review("【示例银行】新品上线", channel="sms", as_of="2026-11-24", **context)  # type: ignore[arg-type]
    return {f.category for f in report.findings}


def test_ids_stand_for_what_the_firm_knows(reviewer: Reviewer) -> None:
    assert "suitability.grade_mismatch" in codes(reviewer, product="P1", customer="K1")
    assert "suitability.grade_mismatch" not in codes(reviewer, product="P1", customer="K2")
    assert "suitability.product_unavailable" in codes(reviewer, product="P2", customer="K1")


def test_consents_come_from_the_ledger_as_of_the_contact(reviewer: Reviewer) -> None:
    contact = {"at": "2026-11-24T10:00:00+08:00", "controller": "示例银行"}
    assert "consent.missing" in codes(reviewer, product="P1", customer="K1", contact=contact)
    assert "consent.missing" not in codes(reviewer, product="P1", customer="K2", contact=contact)
    before = {"at": "2026-02-24T10:00:00+08:00", "controller": "示例银行"}
    assert "consent.missing" in codes(reviewer, product="P1", customer="K2", contact=before)
    assert "consent.missing" in codes(reviewer, product="P1", customer="K2", contact=contact, consents=[])


def test_a_product_that_the_catalogue_does_not_know_is_not_available(reviewer: Reviewer) -> None:
    assert "suitability.product_unavailable" in codes(reviewer, product="P404")


def test_a_customer_whom_the_directory_does_not_know_has_no_assessment(reviewer: Reviewer) -> None:
    assert "suitability.assessment_missing" in codes(reviewer, product="P1", customer="K404")


def test_cells_become_fields_and_what_is_left_becomes_facts(tmp_path: Path) -> None:
    product = ProductTable(stored("csv", PRODUCTS, "code", tmp_path)).product("P1")
    assert product == Product.model_validate(
        {"kind": "wealth_management", "code": "P1", "name": "稳稳一号", "risk_grade": "R4", "status": "on_sale",
         "facts": {"desk": "金市部"}}
    )  # fmt: skip
    customer = CustomerTable(stored("csv", CUSTOMERS, "id", tmp_path)).customer("K1")
    assert customer == Customer.model_validate(
        {"id": "K1", "risk_grade": "C2", "assessed_at": "2026-06-01", "birth_date": "1980-01-02",
         "assessments_last_12_months": ["2026-01-05", "2026-06-01"], "liquid_assets": 300000.5}
    )  # fmt: skip


def test_a_mapping_says_which_column_is_which(tmp_path: Path) -> None:
    rows = [{"客户号": "K7", "等级": "C3"}]
    table = CustomerTable(
        stored("csv", rows, "客户号", tmp_path, "gb18030"), {"risk_grade": "等级", "id": "客户号"}
    )
    assert table.customer("K7") == Customer(id="K7", risk_grade="C3")
    assert table.customer("K8") is None


def test_a_row_that_no_product_can_have_is_named(tmp_path: Path) -> None:
    rows = [{"code": "P1", "kind": "public_fund", "risk_grade": "R9"}]
    with pytest.raises(InputError, match=r"产品 P1 的 risk_grade"):
        ProductTable(stored("csv", rows, "code", tmp_path)).product("P1")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"id,x\n1,2\n1,3\n", "重复"),
        ("a.csv", b"x\n1\n", "没有列 id"),
        ("a.csv", b"\xff\xfe\x00id", "既不是 UTF-8"),
        ("a.parquet", b"nothing", "不是可读的 Parquet"),
        ("a.txt", b"", "只读"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        open_rows(tmp_path / name, "id")


@pytest.mark.parametrize(
    ("url", "table"), [("sqlite:///x.db", None), ("sqlite:///:memory:", "nothing"), ("no://", "t")]
)
def test_a_database_that_cannot_be_used_is_named(url: str, table: str | None) -> None:
    with pytest.raises(ConfigError):
        open_rows(url, "id", table)


def test_an_id_without_a_directory_is_an_error() -> None:
    reviewer = Reviewer(classifier="off", discover=False)
    with pytest.raises(InputError, match="catalogue"):
        reviewer.review("x", product="P1")
    with pytest.raises(InputError, match="customers"):
        reviewer.review("x", customer="K1")
