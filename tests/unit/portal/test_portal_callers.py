"""The file of callers: what is kept of a token, and what is refused at the door."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from dossier.errors import Misconfigured
from portal.callers import Callers, CallersFile, add_caller, load_callers, new_caller

CITIZEN = "a" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "callers.json"


def write(path: Path, content: object, mode: int = 0o600) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)
    return path


def entry(**changes: object) -> dict[str, object]:
    return {"name": "portal", "token_sha256": "0" * 64, "rights": ["list"], "citizens": "*", **changes}


def test_a_token_opens_for_its_caller_and_for_nobody_else(path: Path) -> None:
    one = add_caller(path, "one", ["list", "read"], None)
    two = add_caller(path, "two", ["verify"], [CITIZEN])
    callers = load_callers(path)

    found = [callers.by_token(token) for token in (one, two, one[:-1], one + " ", "", "ố" * 9, "\ud800")]
    assert [caller.name if caller else None for caller in found] == ["one", "two", None, None, None, None, None]


def test_scope_and_rights_come_back_as_they_were_given(path: Path) -> None:
    add_caller(path, "one", ["list", "read"], None)
    add_caller(path, "two", ["verify"], [CITIZEN])
    one, two = load_callers(path).all

    assert (one.rights, one.citizens) == ({"list", "read"}, None)
    assert (two.rights, two.citizens) == ({"verify"}, {CITIZEN})
    assert [two.may_see(CITIZEN), two.may_see("b" * 32), one.may_see("b" * 32)] == [True, False, True]


def test_the_file_keeps_no_token_and_is_for_its_owner_only(path: Path) -> None:
    token = add_caller(path, "one", ["list"], None)

    assert token not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_caller_shows_no_hash_of_its_token() -> None:
    caller, token = new_caller("one", ["list"], None)

    assert caller.token_sha256 not in repr(caller)
    assert token not in repr(caller)
    assert len(token) > 40


def test_two_tokens_are_never_the_same() -> None:
    assert len({new_caller("one", ["list"], None)[1] for _ in range(50)}) == 50


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o620])
def test_a_file_that_others_can_reach_is_refused(path: Path, mode: int) -> None:
    write(path, [entry()], mode)

    with pytest.raises(Misconfigured, match="open to others"):
        load_callers(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        {"name": "portal"},
        [entry(name="")],
        [entry(name="Cổng")],
        [entry(name="a\nb")],
        [entry(token_sha256="sohoa_plain-token")],
        [entry(rights=[])],
        [entry(rights=["delete"])],
        [entry(citizens=None)],
        [entry(citizens=["026190001234"])],
        [entry(citizens="**")],
        [entry(token="sohoa_plain-token")],
        [entry(), entry(token_sha256="1" * 64)],
        [entry(), entry(name="other")],
    ],
)
def test_a_wrong_file_is_refused_without_repeating_what_stands_in_it(path: Path, content: object) -> None:
    write(path, content)

    with pytest.raises(Misconfigured) as refused:
        load_callers(path)
    assert "plain-token" not in str(refused.value)
    assert "026190001234" not in str(refused.value)


def test_the_right_file_of_the_same_shape_is_taken(path: Path) -> None:
    write(path, [entry(), entry(name="other", token_sha256="1" * 64)])

    assert [caller.name for caller in load_callers(path).all] == ["portal", "other"]


def test_a_missing_file_is_said_to_be_missing(path: Path) -> None:
    with pytest.raises(Misconfigured, match="FileNotFoundError"):
        load_callers(path)


def test_a_name_cannot_be_taken_twice_and_the_file_stays_as_it_was(path: Path) -> None:
    add_caller(path, "one", ["list"], None)
    before = path.read_bytes()

    with pytest.raises(Misconfigured, match="twice"):
        add_caller(path, "one", ["read"], None)
    assert path.read_bytes() == before


def test_a_portal_without_callers_lets_nobody_in() -> None:
    assert Callers(()).by_token("anything") is None


def test_a_caller_entered_or_removed_while_the_portal_runs_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "callers.json"
    add_caller(path, "first", ["list"], None)
    directory = CallersFile(path)
    token = add_caller(path, "second", ["list"], None)
    entered = directory.by_token(token)
    path.write_text("[]")

    assert entered is not None
    assert entered.name == "second"
    assert directory.by_token(token) is None


def test_a_callers_file_that_breaks_while_the_portal_runs_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "callers.json"
    token = add_caller(path, "first", ["list"], None)
    directory = CallersFile(path)
    path.write_text("{")

    with pytest.raises(Misconfigured):
        directory.by_token(token)
