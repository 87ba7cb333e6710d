"""Say what columns are made of, for every dialect, and how constraints are named."""

# Identifiers are compared by code point on both databases: `utf8mb4_bin` on MySQL, SQLite's BINARY. MySQL's collation
# ignores spaces at the end, so identifiers that begin or end with white space are refused before they get here.

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, String, Table, Text, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

E = TypeVar("E", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """Zone-aware in Python, UTC without a zone in the database, to the microsecond.

    MySQL's plain DATETIME rounds to whole seconds, which makes 23:59:59.7 the next day.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(mysql.DATETIME(fsp=6) if dialect.name == "mysql" else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


class Enumeration(TypeDecorator[E]):
    """One of an enumeration's values, kept as its text."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__(STATE_LENGTH)
        self.kind = kind
        # Thousands of marks are read together: a look-up takes a tenth of what kind(...) does.
        self._members = {each.value: each for each in kind}

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:  # noqa: ARG002
        return None if value is None else self._members[value]


def binary(length: int) -> LargeBinary:
    return LargeBinary(length).with_variant(mysql.VARBINARY(length), "mysql")


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
ID_LENGTH = 32
STATE_LENGTH = 16
WHO_LENGTH = 100
NAME_LENGTH = 200
MODEL_LENGTH = 128
PHOTO_NAME_LENGTH = 512
REASON_LENGTH = 500
ORIGIN_LENGTH = 160
CANDIDATES_LENGTH = 500
SEALED_BYTES = 8192
POINTS_BYTES = 128
KEY_BYTES = 256
DIGEST_BYTES = 64
DETAIL_LENGTH = 1000
RECORD_LENGTH = 600

Identifier = String(ID_LENGTH)
Who = String(WHO_LENGTH)
StateName = String(STATE_LENGTH)
LongId = BigInteger().with_variant(Integer(), "sqlite")
LongBytes = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql")
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql")

metadata = MetaData(naming_convention=NAMING)


def table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts, mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin")
