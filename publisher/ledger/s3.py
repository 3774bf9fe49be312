"""The place in a bucket: any S3-compatible store that honours conditional writes.

    <prefix>/<folder>/<target>/ledger.json
                               lock.json
                               backup/<apply-id>.json
                               probe.json               (see `_prove`)

The version of a file is its ETag; it is written with If-Match, a new one with If-None-Match.
A conditional delete is not to be had everywhere, so a file that is taken away stays as an empty
object, which counts as none that has a version.

Credentials, region and another endpoint come the way every S3 client reads them
(AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL_S3 …). They are never part of a message; nor is
the text of the store's answers, which may repeat them.

Source: Amazon S3, "How to prevent object overwrites with conditional writes": a condition that
does not hold is answered by 412, by 409 when another write is under way (then try again), and
by 404 when the object of an If-Match is gone. Older MinIO answers 304 instead of 412.
"""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

from publisher.errors import ConfigError, LedgerError
from publisher.ledger.place import BACKUPS, LEDGER, LOCK, Held, Overtaken

PATIENCE = 15.0
"""Seconds a store has for one answer."""
ATTEMPTS = 4
"""How often a call without an answer is sent; a lease outlasts twice ATTEMPTS × PATIENCE."""
TURNS = 4
"""How often a write is tried again that another one got in the way of, but did not overtake."""
PAUSE = 0.2
PROBE = "probe"
PROBE_TEXT = b'{"about": "publisher tests here whether this store honours conditional writes"}\n'
NOBODYS = '"00000000000000000000000000000000"'
"""An ETag that no object has."""
CREDENTIALS = "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
CHECK = "Check `ledger`, AWS_REGION and AWS_ENDPOINT_URL_S3, then run the same command again"
UNKNOWN_KEY = ("the store does not accept the credentials", CREDENTIALS + " to valid ones")
FORBIDDEN = (
    "the credentials do not permit it",
    "They need s3:GetObject, s3:PutObject and s3:ListBucket on this bucket",
)
SAID = {
    "NoSuchBucket": ("there is no such bucket", "Make it, or correct `ledger`"),
    "AccessDenied": FORBIDDEN,
    "403": FORBIDDEN,
    "InvalidAccessKeyId": UNKNOWN_KEY,
    "SignatureDoesNotMatch": UNKNOWN_KEY,
    "ExpiredToken": UNKNOWN_KEY,
    "InvalidToken": UNKNOWN_KEY,
    "RequestTimeTooSkewed": ("the clock of this machine is wrong", "Set it"),
}


@dataclass(slots=True, kw_only=True)
class S3Place:
    """The files of one target below `folder` in a bucket. State: whether the store was proved."""

    bucket: str
    folder: str
    client: Any
    _proved: bool = field(default=False, init=False)

    @property
    def shared(self) -> bool:
        """Every machine that has the credentials sees it."""
        return True

    def where(self, name: str) -> str:
        """The address of a file."""
        return f"s3://{self.bucket}/{self._key(name)}"

    def get(self, name: str) -> Held:
        """Read a file; one that was taken away has no content, but a version."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self._key(name))
            content = answer["Body"].read()
        except _failures() as error:
            if _said(error)[0] == "NoSuchKey":
                return Held(None, "")
            raise LedgerError(self._cannot("read", name, error)) from error
        return Held(content or None, self._etag(name, answer))

    def put(self, name: str, content: bytes | None, *, version: str, why: str) -> str:
        """Write a file, whole or not at all; `why` becomes metadata of the object."""
        if content is None and not version:
            if self.get(name).version:
                raise Overtaken
            return ""
        self._prove()
        condition = {"IfMatch": version} if version else {"IfNoneMatch": "*"}
        for turn in range(TURNS):
            time.sleep(PAUSE * turn)
            try:
                return self._write(name, content or b"", why, condition)
            except _failures() as error:
                settled = self._settled(name, content or b"", version, error)
                if settled is not None:
                    return settled
                last = error
        raise LedgerError(self._cannot("write", name, last)) from last

    def names(self, prefix: str) -> tuple[str, ...]:
        """List files by the beginning of their names; only backups are ever listed."""
        if not prefix.startswith(BACKUPS):
            return ()
        rows: list[dict[str, Any]] = []
        try:
            for page in self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=f"{self.folder}/{prefix}", Delimiter="/"
            ):
                rows += page.get("Contents", ())
        except _failures() as error:
            raise LedgerError(self._cannot("list", prefix + "*", error)) from error
        keys = (row["Key"] for row in rows if row["Size"])
        names = {key.removeprefix(f"{self.folder}/").removesuffix(".json") for key in keys}
        # a target named “backup”, one folder further down, keeps files of these names there
        return tuple(sorted(names - {BACKUPS + name for name in (LEDGER, LOCK, PROBE)}))

    def _key(self, name: str) -> str:
        return f"{self.folder}/{name}.json"

    def _etag(self, name: str, answer: dict[str, Any]) -> str:
        if etag := answer.get("ETag"):
            return str(etag)
        raise LedgerError(f"{self.where(name)}: the answer has no ETag, so no S3 store. {CHECK}.")

    def _write(self, name: str, body: bytes, why: str, condition: dict[str, str]) -> str:
        digest = hashlib.md5(body, usedforsecurity=False).digest()
        answer = self.client.put_object(
            Bucket=self.bucket,
            Key=self._key(name),
            Body=body,
            ContentType="application/json",
            ContentMD5=base64.b64encode(digest).decode(),  # a mangled body is refused
            Metadata={"why": " ".join(why.encode("ascii", "replace").decode().split())[:200]},
            **condition,
        )
        return self._etag(name, answer)

    def _settled(self, name: str, body: bytes, version: str, error: Exception) -> str | None:
        """Find out what became of a write that failed: its version if it landed, None to repeat it.

        A write whose answer was lost is sent again by the client and then meets itself. Every
        ledger has its serial and every lock its id, so what has our content is ours. One that
        landed unheard, and was built upon since, counts as overtaken: so the file is read again.
        """
        refused = _refused(error)
        if not refused and not _doubtful(error):
            raise LedgerError(self._cannot("write", name, error)) from error
        held = self.get(name)
        if (held.content or b"") == body:
            return held.version
        if held.version != version:
            raise Overtaken from error
        if not refused:
            raise LedgerError(self._cannot("write", name, error)) from error
        return None

    def _prove(self) -> None:
        """Make sure, once, that the store does not just overlook conditions; raises LedgerError.

        A probe that is there already need not be written: its refusal is the proof.
        """
        if self._proved:
            return
        anew = {"IfNoneMatch": "*"}
        twice = self._accepts(anew) and self._accepts(anew)
        if twice or self._accepts({"IfMatch": NOBODYS}):
            raise LedgerError(self._unfit())
        self._proved = True

    def _accepts(self, condition: dict[str, str]) -> bool:
        try:
            self._write(PROBE, PROBE_TEXT, "probe", condition)
        except _failures() as error:
            if _refused(error):
                return False
            if _said(error)[1] == 501:
                raise LedgerError(self._unfit()) from error
            raise LedgerError(self._cannot("write", PROBE, error)) from error
        return True

    def _unfit(self) -> str:
        return (
            f"the store of s3://{self.bucket}/{self.folder} does not honour conditional writes "
            "(If-Match, If-None-Match), so two runs could overwrite each other's ledger. Update "
            'it or use another one, or set ledger = "git".'
        )

    def _cannot(self, verb: str, name: str, error: Exception) -> str:
        reason, remedy = _explained(error)
        return f"cannot {verb} {self.where(name)}: {reason}. {remedy}."


def open_s3(address: str, folder: str, target: str, *, patience: float = PATIENCE) -> S3Place:
    """Open the place of a target below `s3://bucket/prefix`, calling nobody yet.

    folder    of the content in its repository, as a posix path; "" for the root.
    patience  seconds the store has for one answer.

    Raises ConfigError when the extra is not installed or the AWS settings contradict each other.
    """
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise ConfigError(
            "a ledger in a bucket needs the extra: pip install 'publisher[s3]'."
        ) from error
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    checksums = {"request_checksum_calculation", "response_checksum_validation"}
    config = Config(
        connect_timeout=min(patience, 10.0),
        read_timeout=patience,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        # many stores refuse the newer checksums; before 1.36 boto3 had neither them nor the switch
        **dict.fromkeys(checksums & set(Config.OPTION_DEFAULTS), "when_required"),
    )
    try:
        client = boto3.Session().client("s3", config=config)
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(f"cannot prepare the connection to {address}: {error}.") from error
    parts = (prefix.strip("/"), folder.strip("/"), target)
    return S3Place(bucket=bucket, folder="/".join(filter(None, parts)), client=client)


def _failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    return BotoCoreError, ClientError, ResponseParserError


def _said(error: Exception) -> tuple[str, int]:
    """What the store answered: its code and the HTTP status; ("", 0) when it did not."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    code = str(response.get("Error", {}).get("Code", ""))
    return code, int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _refused(error: Exception) -> bool:
    """Whether the condition of a write did not hold, or another write was under way."""
    code, status = _said(error)
    return code == "NoSuchKey" or status in (304, 409, 412)


def _doubtful(error: Exception) -> bool:
    """Whether a write may have landed all the same."""
    from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
    from botocore.parsers import ResponseParserError

    lost = (ConnectionClosedError, ReadTimeoutError, ResponseParserError)
    return _said(error)[1] >= 500 or isinstance(error, lost)


def _explained(error: Exception) -> tuple[str, str]:
    """Say why a call failed and what to do, in our words only."""
    from botocore import exceptions as of

    code, status = _said(error)
    if status:
        return SAID.get(code, (f"the store says {code[:60]} (HTTP {status})", CHECK))
    if isinstance(error, of.NoCredentialsError | of.PartialCredentialsError):
        return "there are no credentials, or only half of them", CREDENTIALS
    if isinstance(error, of.CredentialRetrievalError | of.TokenRetrievalError):
        return "the credentials could not be fetched", "Log in again, or check AWS_PROFILE"
    if isinstance(error, of.ReadTimeoutError | of.ConnectTimeoutError):
        return f"the store did not answer, {ATTEMPTS} times", CHECK
    if isinstance(error, of.HTTPClientError | of.ConnectionError):
        return f"the store cannot be reached ({type(error).__name__})", CHECK
    return f"the call came to nothing ({type(error).__name__})", CHECK
