"""Every setting, read once at the edge: SOHOA_* variables, `<home>/settings.env`, secret files in `<home>/secrets/`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from dossier.types import ReviewBars


class _Home(BaseSettings):
    """Where everything of one installation lives; read first, because the other settings may stand in there."""

    model_config = SettingsConfigDict(env_prefix="SOHOA_", frozen=True, extra="ignore")
    home: Path = Path("var")


class Settings(BaseSettings):
    """Everything an operator may set. A secret is a file `<home>/secrets/sohoa_<name>` (mode 0600), or a variable."""

    model_config = SettingsConfigDict(env_prefix="SOHOA_", frozen=True, extra="ignore")

    home: Path = Path("var")
    """Folder of this installation: inbox, ledger, logs, work."""

    # --- intake ---
    still_seconds: float = Field(default=3.0, ge=0.0, le=3600.0)
    """A file is taken when size and time did not change for so long, seconds."""
    patience_seconds: float = Field(default=60.0, ge=0.0, le=86400.0)
    """A still file that is not whole is refused only after so long, seconds: slow scanners pause between pages."""
    manifest_patience_seconds: float = Field(default=600.0, ge=0.0, le=86400.0)
    """A manifest whose scan does not come is refused after so long, seconds (docs/hand-in.md)."""
    manifest_required: bool = False
    """True where every scan comes with a manifest: then no scan is taken before its manifest is there."""
    sweep_seconds: int = Field(default=60, ge=5, le=3600)
    """The watcher's safety sweep, seconds."""
    max_pages: int = Field(default=2000, ge=1)
    """Pages in one dropped file."""
    max_pixels: int = Field(default=120_000_000, ge=1_000_000)
    """Pixels in one picture; an A3 page at 600 dpi has 70 million."""

    # --- reading ---
    cores: int = Field(default=2, ge=1, le=256)
    """Reading processes of one flow run."""
    chunk_pages: int = Field(default=20, ge=1, le=25)
    """Pages in one reading task: what a crash can lose."""
    page_seconds: float = Field(default=60.0, gt=0)
    """Time for one page; then its reader is killed."""
    page_memory_mb: int = Field(default=2048, ge=512)
    """Address space of one reader, MiB."""
    ocr_engine: Literal["own", "tesseract", "tesserocr"] = "own"
    """What reads the pages: our own line model, or Tesseract as a program or (where installed) as a library."""
    ocr_languages: str = "vie"
    """Tesseract's names joined by plus; the own engine knows vie and eng."""

    # --- deciding ---
    review_type_below: float = Field(default=0.75, ge=0, le=1)
    """A verdict that scores lower waits for a person."""
    review_text_below: float = Field(default=0.60, ge=0, le=1)
    """A document read with a lower mean confidence waits for a person."""
    review_field_below: float = Field(default=0.85, ge=0, le=1)
    """A name, number, date or code read with lower confidence makes its paper wait for a person."""

    # --- signing ---
    signer_p12: Path | None = None
    """PKCS#12 file with the agency's key and chain; default `<home>/pki/signer.p12`."""
    signer_passphrase: SecretStr = SecretStr("")
    signer_ca: Path | None = None
    """PEM of the root that the signer and the timestamp authority must chain to; default `<home>/pki/root.pem`."""
    tsa_url: str = "http://127.0.0.1:18490/tsa"
    tsa_seconds: float = Field(default=180.0, gt=0)
    """Time for one timestamp; the government's server was seen to need 131 s."""
    copying_agency: str = "Trung tâm Phục vụ hành chính công tỉnh Phú Thọ"
    """Named in the visible text of the seal, NĐ 30/2020 Annex I Part II."""
    copy_form: Literal["SAO Y", "SAO LỤC", "TRÍCH SAO"] = "SAO Y"

    # --- warehouse ---
    s3_endpoint: str = "127.0.0.1:18480"
    s3_secure: bool = False
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_portal_access_key: SecretStr = SecretStr("")
    """The portal's own user of the S3 server; may read the archive and nothing else."""
    s3_portal_secret_key: SecretStr = SecretStr("")
    bucket_prefix: str = "sohoa"
    """Buckets are `<prefix>-intake`, `-keys`, `-archive`, `-sensitive`, `-audit`."""
    citizen_token_key: SecretStr = SecretStr("")
    """Key of the HMAC that turns a citizen ID into the token used in keys."""
    ledger_url: SecretStr | None = None
    """SQLAlchemy address of the ledger; default SQLite in `<home>/ledger.sqlite`. PostgreSQL for more than one machine:
    `postgresql+psycopg://user:password@host/database`."""
    store: Literal["s3", "filesystem"] = "s3"
    """`filesystem`: plain files under `<home>/store`; no lock, no rights of readers, and `sohoa status` says so."""
    master_key: SecretStr = SecretStr("")
    """The master key that wraps the keys of the warehouse: 64 hexadecimal letters."""
    master_key_before: SecretStr = SecretStr("")
    """The master key before the last change, until `sohoa keys rotate` has wrapped everything anew."""
    master_key_module: Path | None = None
    """PKCS#11 module of a token that holds the master key; then `master_key` stays empty."""
    master_key_token: str = ""
    """Label of the token."""
    master_key_label: str = "sohoa-master"
    """Label of the AES key on the token."""
    master_key_label_before: str = ""
    """Label of the AES key on the token before the last change; only while `sohoa keys rotate` is not finished."""
    master_key_pin: SecretStr = SecretStr("")

    # --- keeping it whole ---
    replica: Literal["none", "s3", "filesystem"] = "none"
    """Where the second copy of every object is kept; `filesystem`: under `replica_folder`."""
    replica_folder: Path | None = None
    """Default `<home>/replica`; another disk, or it does not help when this one dies."""
    replica_endpoint: str = ""
    """host:port of the second S3 server."""
    replica_secure: bool = False
    replica_access_key: SecretStr = SecretStr("")
    replica_secret_key: SecretStr = SecretStr("")
    fixity_days: float = Field(default=30.0, gt=0)
    """Every object is read again and compared within so many days."""
    fixity_mb_per_second: float = Field(default=20.0, gt=0)
    """Reading for fixity goes no faster, MB (10^6 bytes) per second."""
    disk_low_mb: int = Field(default=1024, ge=0)
    """The intake rests when a disk that it needs has less room, MiB."""
    stuck_minutes: float = Field(default=12.0, gt=0)
    """A drop or decision that makes no progress for so long raises an alarm, minutes; so a person is called within 15 also
    while the watcher itself is being started again."""
    audit_days: int = Field(default=730, ge=366)
    """Object lock of the audit trail, days; QCVN 12:2026/BCA 3.9.2.1.9 asks for at least 12 months."""

    # --- servers ---
    prefect_api_url: str = "http://127.0.0.1:18420/api"
    portal_host: str = "127.0.0.1"
    portal_port: int = 18400
    portal_callers: Path | None = None
    """JSON list of callers and the hashes of their tokens; default `<home>/secrets/portal_callers.json`."""

    @property
    def review_bars(self) -> ReviewBars:
        """The three `review_..._below` together."""
        return ReviewBars(self.review_type_below, self.review_text_below, self.review_field_below)

    @property
    def inbox(self) -> Path:
        """Folder that the scanners write to, one folder an office."""
        return self.home / "inbox"

    @property
    def work(self) -> Path:
        """Scratch folder of running flows; may be emptied when nothing runs."""
        return self.home / "work"

    @property
    def places(self) -> dict[str, Path]:
        """Folders that may be disks of their own: none of them is touched when it is not the one that was marked."""
        kept = {"store": self.store_folder} if self.store == "filesystem" else {}
        copied = {"replica": self.replica_path} if self.replica == "filesystem" else {}
        return {"home": self.home, "inbox": self.inbox, "work": self.work, **kept, **copied}

    @property
    def secrets(self) -> Path:
        """Folder of secret files."""
        return self.home / "secrets"

    @property
    def type_models(self) -> Path:
        """Folder of the text models that were trained here; the owner's alone."""
        return self.home / "models" / "types"

    @property
    def ledger_address(self) -> str:
        """SQLAlchemy address of the ledger."""
        if self.ledger_url is not None:
            return self.ledger_url.get_secret_value()
        return f"sqlite:///{(self.home / 'ledger.sqlite').resolve()}"

    @property
    def store_folder(self) -> Path:
        """Where the filesystem store keeps its objects."""
        return self.home / "store"

    @property
    def replica_path(self) -> Path:
        """Where a replica on the filesystem keeps its objects."""
        return self.replica_folder or self.home / "replica"

    @property
    def signer_p12_path(self) -> Path:
        """The signer's key file."""
        return self.signer_p12 or self.home / "pki" / "signer.p12"

    @property
    def signer_ca_path(self) -> Path:
        """The trusted root."""
        return self.signer_ca or self.home / "pki" / "root.pem"

    @property
    def portal_callers_path(self) -> Path:
        """Who may call the portal."""
        return self.portal_callers or self.secrets / "portal_callers.json"


def load_settings(home: Path | None = None) -> Settings:
    """Read the settings of the installation in ``home``, or of the one that SOHOA_HOME names (default `./var`)."""
    home = home or _Home().home
    secrets = home / "secrets"
    return Settings(
        home=home,
        _env_file=home / "settings.env",
        _secrets_dir=secrets if secrets.is_dir() else None,
    )
