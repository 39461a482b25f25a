"""Every error raised on purpose, as one tree; each says what is wrong and what to do, in Vietnamese and in English.

DossierError
├── InputRefused              the file goes to the refused shelf; a retry cannot help
│   ├── EmptyFile             EMPTY
│   ├── NotWhatItSays         NOT_WHAT_IT_SAYS
│   ├── UnsupportedKind       UNSUPPORTED
│   ├── TruncatedFile         TRUNCATED
│   ├── DamagedFile           DAMAGED
│   ├── EncryptedFile         ENCRYPTED
│   ├── TooManyPixels         TOO_MANY_PIXELS
│   ├── TooManyPages          TOO_MANY_PAGES
│   ├── NotAPlainFile         NOT_A_PLAIN_FILE
│   ├── AlreadyDestroyed      ALREADY_DESTROYED  its records are disposed; a new scan is welcome
│   ├── OpeningFailed         OPENING_FAILED     the cage ended the program that opened it
│   └── ManifestRefused       the file beside a scan; the scan itself goes on, and its papers are held
│       ├── BadManifest           BAD_MANIFEST
│       ├── ManifestHashDiffers   MANIFEST_HASH_DIFFERS
│       ├── ManifestLate          MANIFEST_LATE           the scan's papers are settled
│       └── ManifestWithoutScan   MANIFEST_WITHOUT_SCAN
├── FileChanged               FILE_CHANGED       retry: somebody still writes it, or took it away
├── FileUnreadable            FILE_UNREADABLE    the rights of a file of the inbox are wrong; it stays there
├── PageFailed                one page; its document is held
│   ├── PageUnreadable        PAGE_UNREADABLE
│   ├── PageTimeout           OCR_TIMEOUT
│   └── PageDied              PAGE_DIED          killed by a limit of the cage, or crashed
├── PagesLost                 PAGES_LOST         grouping did not place every page once; a fault of the program
├── BindingFailed             BINDING_FAILED
├── SigningFailed
│   ├── TimestampUnavailable  TSA_UNAVAILABLE    retry
│   ├── SignerRejected        SIGNER_REJECTED    stop the batch
│   ├── KeyUnavailable        KEY_UNAVAILABLE    stop the batch
│   ├── StampDoesNotFit       STAMP_DOES_NOT_FIT
│   └── SealBroken            SEAL_BROKEN        the verify gate said no; nothing is published
├── StoreFailed
│   ├── StoreUnavailable      STORE_UNAVAILABLE  retry
│   ├── StoreCorrupt          STORE_CORRUPT      bytes read back differ
│   ├── NoSuchObject          NO_SUCH_OBJECT
│   ├── ObjectLost            OBJECT_LOST        neither the store nor the replica has sound bytes
│   └── MasterKeyMissing      MASTER_KEY_MISSING
├── DiskLow                   DISK_LOW           retry: the intake rests until there is room
├── PlaceGone                 PLACE_GONE         retry: a mount is away, nothing is written to the empty folder
├── NoSuchRecord              NO_SUCH_RECORD
├── ManyRecords               MANY_RECORDS       the letters typed begin several ids
├── RecordBound               RECORD_BOUND       retention or a legal hold
├── SecondPersonNeeded        SECOND_PERSON_NEEDED
├── AuditBroken               AUDIT_BROKEN
├── BagInvalid                BAG_INVALID
├── AlreadyExported           ALREADY_EXPORTED   nothing is written over an export
├── ExportNotWritten          EXPORT_NOT_WRITTEN the target disk is full, away or read-only
├── QueryMalformed            QUERY_MALFORMED
├── LedgerConflict            LEDGER_CONFLICT
├── LedgerUnavailable         LEDGER_UNAVAILABLE retry: the database is away or full
├── DecisionRefused           a person's decision on a held document; nothing was changed
│   ├── NoSuchHold            NO_SUCH_HOLD       gone, or no longer what was shown
│   ├── AlreadyDecided        ALREADY_DECIDED    somebody else was first
│   ├── SecretPaper           SECRET_PAPER       it can only be rejected
│   ├── DecisionIncomplete    DECISION_INCOMPLETE
│   └── DecisionMalformed     DECISION_MALFORMED
├── ReleaseFailed             a decision cannot be carried out; the document goes back to the shelf
│   ├── ScansChanged          SCANS_CHANGED      the pages are not those that the person saw
│   ├── PageGone              PAGE_GONE          a page that was read before cannot be read now
│   └── RecordWithdrawn       RECORD_WITHDRAWN   a person ended the record of these very scans
├── TooFewCorrections         TOO_FEW_CORRECTIONS  nothing to train a text model on
├── NoEarlierModel            NO_EARLIER_MODEL     the shipped text model is live
├── StackFailed               STACK_FAILED       a server of the local stack does not start
├── BadCoverSheet             BAD_COVER_SHEET    `sohoa cover` prints all or nothing
├── Misconfigured             MISCONFIGURED
└── AccessRefused
    ├── NotAuthenticated      NOT_AUTHENTICATED  HTTP 401
    ├── NotAllowed            NOT_ALLOWED        HTTP 403
    ├── PurposeRequired       PURPOSE_REQUIRED   HTTP 400
    ├── NotFound              NOT_FOUND          HTTP 404; also said where a caller may not know
    ├── MalformedRequest      MALFORMED_REQUEST  HTTP 422
    ├── LinkExpired           LINK_EXPIRED       HTTP 410
    └── AuditUnavailable      AUDIT_UNAVAILABLE  HTTP 503; nothing is served that is not written down

Messages hold codes, sizes, page numbers and hashes, never a name, an ID number, a file name or text of a page:
they end in logs and in Prefect.
"""

from __future__ import annotations

from dossier.errors.access import (
    AccessRefused,
    AuditUnavailable,
    LinkExpired,
    MalformedRequest,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PurposeRequired,
)
from dossier.errors.base import DossierError
from dossier.errors.deciding import (
    AlreadyDecided,
    DecisionIncomplete,
    DecisionMalformed,
    DecisionRefused,
    NoEarlierModel,
    NoSuchHold,
    PageGone,
    RecordWithdrawn,
    ReleaseFailed,
    ScansChanged,
    SecretPaper,
    TooFewCorrections,
)
from dossier.errors.house import BadCoverSheet, Misconfigured, StackFailed
from dossier.errors.intake import (
    AlreadyDestroyed,
    BadManifest,
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    FileChanged,
    FileUnreadable,
    InputRefused,
    ManifestHashDiffers,
    ManifestLate,
    ManifestRefused,
    ManifestWithoutScan,
    NotAPlainFile,
    NotWhatItSays,
    OpeningFailed,
    TooManyPages,
    TooManyPixels,
    TruncatedFile,
    UnsupportedKind,
)
from dossier.errors.keeping import (
    AlreadyExported,
    AuditBroken,
    BagInvalid,
    DiskLow,
    ExportNotWritten,
    LedgerConflict,
    LedgerUnavailable,
    ManyRecords,
    MasterKeyMissing,
    NoSuchObject,
    NoSuchRecord,
    ObjectLost,
    PlaceGone,
    QueryMalformed,
    RecordBound,
    SecondPersonNeeded,
    StoreCorrupt,
    StoreFailed,
    StoreUnavailable,
)
from dossier.errors.pages import BindingFailed, PageDied, PageFailed, PagesLost, PageTimeout, PageUnreadable
from dossier.errors.signing import (
    KeyUnavailable,
    SealBroken,
    SignerRejected,
    SigningFailed,
    StampDoesNotFit,
    TimestampUnavailable,
)

__all__ = [
    "AccessRefused",
    "AlreadyDecided",
    "AlreadyDestroyed",
    "AlreadyExported",
    "AuditBroken",
    "AuditUnavailable",
    "BadCoverSheet",
    "BadManifest",
    "BagInvalid",
    "BindingFailed",
    "DamagedFile",
    "DecisionIncomplete",
    "DecisionMalformed",
    "DecisionRefused",
    "DiskLow",
    "DossierError",
    "EmptyFile",
    "EncryptedFile",
    "ExportNotWritten",
    "FileChanged",
    "FileUnreadable",
    "InputRefused",
    "KeyUnavailable",
    "LedgerConflict",
    "LedgerUnavailable",
    "LinkExpired",
    "MalformedRequest",
    "ManifestHashDiffers",
    "ManifestLate",
    "ManifestRefused",
    "ManifestWithoutScan",
    "ManyRecords",
    "MasterKeyMissing",
    "Misconfigured",
    "NoEarlierModel",
    "NoSuchHold",
    "NoSuchObject",
    "NoSuchRecord",
    "NotAPlainFile",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "NotWhatItSays",
    "ObjectLost",
    "OpeningFailed",
    "PageDied",
    "PageFailed",
    "PageGone",
    "PageTimeout",
    "PageUnreadable",
    "PagesLost",
    "PlaceGone",
    "PurposeRequired",
    "QueryMalformed",
    "RecordBound",
    "RecordWithdrawn",
    "ReleaseFailed",
    "ScansChanged",
    "SealBroken",
    "SecondPersonNeeded",
    "SecretPaper",
    "SignerRejected",
    "SigningFailed",
    "StackFailed",
    "StampDoesNotFit",
    "StoreCorrupt",
    "StoreFailed",
    "StoreUnavailable",
    "TimestampUnavailable",
    "TooFewCorrections",
    "TooManyPages",
    "TooManyPixels",
    "TruncatedFile",
    "UnsupportedKind",
]
