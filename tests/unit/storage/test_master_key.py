"""The master key: written out, and on a real token (SoftHSM)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest

from dossier.errors import MasterKeyMissing
from storage.keys.master_key import FileMasterKey, MasterKey, TokenKey, TokenMasterKey, open_master_key

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
KEY = "00112233445566778899aabbccddeeff" * 2
OTHER = "ff" * 32
PIN = "2468"
PLACE = b"keyring/0001.json"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Label of a token with four keys: one made there, one imported, two that will not do."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(conf))
        made = ["softhsm2-util", "--init-token", "--free", "--label", "kho", "--pin", PIN, "--so-pin", "13579"]
        subprocess.run(made, check=True, capture_output=True)
        pkcs11.unload(str(MODULE))  # where another test loaded it with other tokens
        with pkcs11.lib(str(MODULE)).get_token(token_label="kho").open(rw=True, user_pin=PIN) as session:
            session.generate_key(
                pkcs11.KeyType.AES, 256, label="made", store=True,
                template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
            )  # fmt: skip
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY, pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.AES,
                    pkcs11.Attribute.LABEL: "imported", pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.VALUE: bytes.fromhex(KEY),
                    pkcs11.Attribute.ENCRYPT: True, pkcs11.Attribute.DECRYPT: True,
                }
            )  # fmt: skip
            session.generate_key(pkcs11.KeyType.AES, 128, label="short", store=True)
            session.generate_key(
                pkcs11.KeyType.AES, 256, label="one way", store=True, capabilities=pkcs11.MechanismFlag.ENCRYPT
            )
        yield "kho"
        pkcs11.unload(str(MODULE))


@pytest.fixture
def at(token: str, tmp_path: Path) -> TokenKey:
    return TokenKey(MODULE, token, "made", PIN, tmp_path / "refused")


@pytest.fixture(params=["written", "token"])
def master(request: pytest.FixtureRequest) -> MasterKey:
    """A master key of each kind in turn."""
    return FileMasterKey(KEY) if request.param == "written" else TokenMasterKey(request.getfixturevalue("at"))


def labelled(at: TokenKey, label: str) -> TokenKey:
    return TokenKey(at.module, at.token, label, at.pin, at.pin_refused)


def test_what_was_wrapped_is_unwrapped(master: MasterKey) -> None:
    wrapped = master.wrap(b"secret", PLACE)

    assert b"secret" not in wrapped
    assert master.unwrap(wrapped, PLACE) == b"secret"
    assert isinstance(master, MasterKey)


def test_no_two_wraps_of_one_secret_are_alike(master: MasterKey) -> None:
    assert master.wrap(b"secret", PLACE) != master.wrap(b"secret", PLACE)


@pytest.mark.parametrize("at_byte", [0, 13, -1])
def test_a_changed_byte_is_seen(master: MasterKey, at_byte: int) -> None:
    wrapped = bytearray(master.wrap(b"secret", PLACE))
    wrapped[at_byte] ^= 1

    with pytest.raises(MasterKeyMissing):
        master.unwrap(bytes(wrapped), PLACE)


@pytest.mark.parametrize("bad", [b"", b"short", bytes(12)])
def test_what_is_no_wrapped_secret_is_refused(master: MasterKey, bad: bytes) -> None:
    with pytest.raises(MasterKeyMissing):
        master.unwrap(bad, PLACE)


def test_a_wrapped_secret_opens_only_in_its_place(master: MasterKey) -> None:
    with pytest.raises(MasterKeyMissing):
        master.unwrap(master.wrap(b"secret", PLACE), b"keyring/0002.json")


def test_another_key_does_not_open_and_has_another_id(master: MasterKey) -> None:
    other = FileMasterKey(OTHER)

    assert other.id != master.id
    with pytest.raises(MasterKeyMissing, match=other.id):
        other.unwrap(master.wrap(b"secret", PLACE), PLACE)


def test_an_id_has_16_letters_and_is_the_same_each_time(master: MasterKey) -> None:
    assert len(bytes.fromhex(master.id)) == 8
    assert FileMasterKey(KEY.upper() + "\n").id == FileMasterKey(KEY).id


@pytest.mark.parametrize("letters", ["", "00", KEY[:-1], KEY + "0", "g" * 64])
def test_what_is_not_64_hexadecimal_letters_is_no_key_and_is_not_told(letters: str) -> None:
    with pytest.raises(MasterKeyMissing) as told:
        FileMasterKey(letters)

    assert letters == "" or letters not in str(told.value).replace("64", "")


def test_the_key_is_not_shown() -> None:
    assert KEY[:8] not in repr(vars(FileMasterKey(KEY)))
    assert PIN not in repr(TokenKey(MODULE, "kho", "made", PIN, Path("refused")))


def test_a_key_imported_to_a_token_is_the_same_key(at: TokenKey) -> None:
    written, on_token = FileMasterKey(KEY), TokenMasterKey(labelled(at, "imported"))

    assert written.id == on_token.id
    assert on_token.unwrap(written.wrap(b"secret", PLACE), PLACE) == b"secret"
    assert written.unwrap(on_token.wrap(b"secret", PLACE), PLACE) == b"secret"


def test_the_written_key_comes_before_the_token(at: TokenKey) -> None:
    assert isinstance(open_master_key(KEY, at), FileMasterKey)
    assert isinstance(open_master_key("", at), TokenMasterKey)
    with pytest.raises(MasterKeyMissing, match="neither"):
        open_master_key("")


def test_two_keys_of_one_token_share_its_session(at: TokenKey) -> None:
    first, second = TokenMasterKey(at), TokenMasterKey(labelled(at, "imported"))

    assert second.unwrap(second.wrap(b"b", PLACE), PLACE) == b"b"
    assert first.unwrap(first.wrap(b"a", PLACE), PLACE) == b"a"


def test_after_a_lost_session_the_next_act_logs_in_again(at: TokenKey) -> None:
    key = TokenMasterKey(at)
    pkcs11.lib(str(MODULE)).finalize()  # what a token that is pulled out looks like
    pkcs11.lib(str(MODULE)).initialize()

    with pytest.raises(MasterKeyMissing):
        key.wrap(b"secret", PLACE)
    assert key.unwrap(key.wrap(b"secret", PLACE), PLACE) == b"secret"


@pytest.mark.parametrize(
    ("module", "token", "label", "told"),
    [
        ("/nowhere.so", "kho", "made", "PKCS11Error"),
        (str(MODULE), "other", "made", "NoSuchToken"),
        (str(MODULE), "kho", "other", "NoSuchKey"),
        (str(MODULE), "kho", "short", "128 bits"),
        (str(MODULE), "kho", "one way", "may not encrypt and decrypt"),
    ],
)
def test_what_is_not_there_is_said(at: TokenKey, module: str, token: str, label: str, told: str) -> None:
    with pytest.raises(MasterKeyMissing, match=told):
        TokenMasterKey(TokenKey(Path(module), token, label, PIN, at.pin_refused))


TRY = """
import sys
from pathlib import Path
from dossier.errors import MasterKeyMissing
from storage.keys.master_key import TokenKey, TokenMasterKey
module, pin, refused = sys.argv[1:]
try:
    print(TokenMasterKey(TokenKey(Path(module), "kho", "made", pin, Path(refused))).id)
except MasterKeyMissing as error:
    print(error.detail)
"""

BESIDE_A_SIGNER = """
import sys
from pathlib import Path
import pkcs11
from dossier.errors import MasterKeyMissing
from storage.keys.master_key import TokenKey, TokenMasterKey
module, pin, refused = sys.argv[1:]
signer = pkcs11.lib(module).get_token(token_label="kho").open(user_pin=pin)
key = TokenMasterKey(TokenKey(Path(module), "kho", "made", pin, Path(refused)))
try:
    key.unwrap(b"x" * 40, b"")
except MasterKeyMissing:
    print(key.unwrap(key.wrap(b"wrapped", b""), b"").decode())
print(signer.get_key(label="made").label)
"""


def ran(program: str, pin: str, refused: Path) -> str:
    """What a new process says."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(MODULE), pin, str(refused)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_token_that_a_signer_logged_in_to_is_shared_and_the_signer_is_not_logged_out(at: TokenKey) -> None:
    assert ran(BESIDE_A_SIGNER, PIN, at.pin_refused) == "wrapped\nmade"


def test_a_refused_pin_is_never_tried_again_not_even_by_a_new_process(at: TokenKey) -> None:
    refused = at.pin_refused

    assert "PinIncorrect" in ran(TRY, "9999", refused)
    assert "before; correct it, then delete the file refused" in ran(TRY, "9999", refused)
    assert "before" in ran(TRY, PIN, refused), "the right PIN counts only once a person says so"
    assert "9999" not in refused.read_text()
    refused.unlink()
    assert ran(TRY, PIN, refused) == TokenMasterKey(at).id
