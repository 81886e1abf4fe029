"""What a database knows of its installation, on both databases."""

from __future__ import annotations

import pytest

from db import installation
from db.database import Database
from db.keyring import Keyring

OURS, OTHER = Keyring(bytes(range(32))), Keyring(bytes(range(1, 33)))


def test_a_database_stays_with_its_first_master_key(database: Database) -> None:
    installation.check_key(database, OURS)
    installation.check_key(database, OURS)
    with pytest.raises(installation.OtherKeyError):
        installation.check_key(database, OTHER)
    assert not installation.is_demo(database)


def test_the_mark_of_a_key_is_not_the_key() -> None:
    assert OURS.mark != OTHER.mark
    assert bytes(range(32)).hex() not in OURS.mark


def test_a_demo_is_known_before_it_is_complete(database: Database) -> None:
    installation.claim_demo(database)
    installation.claim_demo(database)
    assert installation.is_demo(database)
    assert not installation.is_demo_seeded(database)
    with pytest.raises(installation.DemoHomeError):
        installation.check_mode(database, demo=False)
