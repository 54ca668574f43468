"""Product catalogue and customer directory over a table: CSV, Parquet, or any database that SQLAlchemy reaches.

A row is a product or a customer; columns have the names of `Product` and `Customer` fields, or a mapping says which
column is which. An empty cell is unknown. A column that no field is named after becomes one of a product's `facts`;
of a customer it is not read.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

from compliance_guard.domain import Customer, Product
from compliance_guard.errors import ConfigError
from compliance_guard.records.validation import record_of

Row = Mapping[str, Any]

_LISTS = frozenset({"assessments_last_12_months"})
"""Fields that hold several values, in a cell parted by semicolons."""


class Rows(Protocol):
    """A table in which a row is found by its key."""

    def row(self, key: str) -> Row | None:
        """The row, column to value; None if there is none."""
        ...


class CsvRows:
    """A CSV file in UTF-8 or GB 18030, held in memory.

    Raises:
        ConfigError: it cannot be read, has no such column, or a key stands in two rows.
    """

    def __init__(self, path: Path, key: str) -> None:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise ConfigError(f"{path}: 读不了({error.strerror})") from None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = raw.decode("gb18030")
            except UnicodeDecodeError:
                raise ConfigError(f"{path}: 既不是 UTF-8,也不是 GB 18030") from None
        table = csv.DictReader(text.splitlines())
        _has_key(path, table.fieldnames or (), key)
        self._rows: dict[str, Row] = {}
        for row in table:
            if row[key] in self._rows:
                raise ConfigError(f"{path}:{table.line_num}: {key} {row[key]} 重复")
            self._rows[row[key]] = row

    def row(self, key: str) -> Row | None:
        """The row with this key."""
        return self._rows.get(key)


class ParquetRows:
    """A Parquet file, held in memory in columns; a row becomes Python values only when it is asked for.

    Raises:
        ConfigError: it cannot be read, pyarrow is missing, there is no such column, or a key stands in two rows.
    """

    def __init__(self, path: Path, key: str) -> None:
        try:
            from pyarrow import ArrowException, parquet
        except ImportError:
            raise ConfigError("读 Parquet 需要 pip install 'compliance-guard[records]'") from None
        try:
            self._table = parquet.read_table(path)
        except (OSError, ArrowException) as error:
            raise ConfigError(f"{path}: 不是可读的 Parquet: {error}") from None
        _has_key(path, self._table.column_names, key)
        keys = self._table.column(key).to_pylist()
        self._places = {str(value): number for number, value in enumerate(keys)}
        if len(self._places) < len(keys):
            raise ConfigError(f"{path}: {key} 有重复")

    def row(self, key: str) -> Row | None:
        """The row with this key."""
        place = self._places.get(key)
        if place is None:
            return None
        found: Row = self._table.slice(place, 1).to_pylist()[0]
        return found


class SqlRows:
    """A table or view of a database, asked for each key.

    Args:
        url: as SQLAlchemy takes it.

    Raises:
        ConfigError: the database cannot be opened, or has no such table or column.
    """

    def __init__(self, url: str, table: str, key: str) -> None:
        try:
            import sqlalchemy as sa
        except ImportError:
            raise ConfigError("读数据库需要 pip install 'compliance-guard[records]'") from None
        self._sa, schema, name = sa, *_schema_and_name(table)
        try:
            self._engine = sa.create_engine(url, pool_pre_ping=True)
            self._table = sa.Table(name, sa.MetaData(), schema=schema, autoload_with=self._engine)
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise ConfigError(f"{table}: 数据库里读不到: {str(error).splitlines()[0]}") from None
        _has_key(table, self._table.columns.keys(), key)
        self._query = sa.select(self._table).where(self._table.c[key] == sa.bindparam("key"))

    def row(self, key: str) -> Row | None:
        """The row with this key."""
        try:
            with self._engine.connect() as connection:
                found = connection.execute(self._query, {"key": key}).mappings().first()
        except self._sa.exc.SQLAlchemyError as error:
            raise ConfigError(f"{self._table.name}: 数据库读不了: {type(error).__name__}") from None
        return None if found is None else dict(found)


def _schema_and_name(table: str) -> tuple[str | None, str]:
    schema, _, name = table.rpartition(".")
    return schema or None, name


def _has_key(where: object, columns: Any, key: str) -> None:
    if key not in columns:
        raise ConfigError(f"{where}: 没有列 {key};有: {'、'.join(map(str, columns))}")


def open_rows(source: str | Path, key: str, table: str | None = None) -> Rows:
    """A table by its address: a `.csv` or `.parquet` file, or a database URL with the name of a table.

    Raises:
        ConfigError: it is none of them, or cannot be read.
    """
    if "://" in str(source):
        if table is None:
            raise ConfigError(f"{source}: 须写明表名")
        return SqlRows(str(source), table, key)
    path = Path(source)
    if path.suffix.lower() == ".csv":
        return CsvRows(path, key)
    if path.suffix.lower() == ".parquet":
        return ParquetRows(path, key)
    raise ConfigError(f"{path}: 只读 .csv、.parquet 和数据库地址")


class _Records:
    """A table of one kind of record.

    Args:
        columns: which column holds which field, where the names differ.
    """

    def __init__(self, rows: Rows, columns: Mapping[str, str] | None = None) -> None:
        self._rows, self._columns = rows, dict(columns or {})

    def _read(self, key: str, known: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """A row's fields, and what no field is named after; None if there is no such row."""
        row = self._rows.row(key)
        return None if row is None else _read(row, self._columns, known)


class ProductTable(_Records):
    """A product catalogue over a table."""

    def product(self, code: str) -> Product | None:
        """The product with this code; None if the catalogue does not know it.

        Raises:
            InputError: the row holds a value that no product can have.
        """
        read = self._read(code, Product.model_fields.keys() - {"facts"})
        return read and record_of(Product, {**read[0], "code": code, "facts": read[1]}, f"产品 {code}")


class CustomerTable(_Records):
    """A customer directory over a table."""

    def customer(self, id: str) -> Customer | None:
        """The customer with this id; None if the directory does not know them.

        Raises:
            InputError: the row holds a value that no customer can have.
        """
        read = self._read(id, Customer.model_fields.keys())
        return read and record_of(Customer, {**read[0], "id": id}, f"客户 {id}")


def _read(row: Row, columns: Mapping[str, str], known: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields, and what no field is named after; empty cells left out."""
    named = {columns.get(field, field): field for field in known}
    fields: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for column, value in row.items():
        if value is None or value == "":
            continue
        field = named.get(column)
        if field is None:
            others[column] = value if isinstance(value, str | int | float | bool) else str(value)
        elif field in _LISTS and isinstance(value, str):
            fields[field] = [part.strip() for part in value.split(";") if part.strip()]
        else:
            fields[field] = value
    return fields, others
