"""Put files into an S3-compatible bucket under names that never change their content.

Credentials, region and another endpoint come the way every S3 client reads them
(AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL_S3 …).
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from publisher.errors import ConfigError, PublisherError

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket and the prefix below which our files are."""

    name: str
    prefix: str
    client: Any

    def key(self, name: str) -> str:
        """The full name of a file in the bucket."""
        return f"{self.prefix}/{name}" if self.prefix else name

    def check(self) -> None:
        """Make sure that the bucket is there; raises PublisherError.

        A refusal proves nothing: whoever may write files need not be allowed to look at
        the bucket as a whole.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.head_bucket(Bucket=self.name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("403", "AccessDenied"):
                raise PublisherError(self._failed("find", error)) from error
        except BotoCoreError as error:
            raise PublisherError(self._failed("reach", error)) from error

    def has(self, name: str) -> bool:
        """Whether a file of that name is there. Raises PublisherError when we may not know."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.head_object(Bucket=self.name, Key=self.key(name))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                return False
            raise PublisherError(self._failed("read", error)) from error
        except BotoCoreError as error:
            raise PublisherError(self._failed("reach", error)) from error
        return True

    def put(self, name: str, content: bytes) -> None:
        """Store a file, to be cached for ever. Raises PublisherError."""
        from botocore.exceptions import BotoCoreError, ClientError

        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        try:
            self.client.put_object(
                Bucket=self.name,
                Key=self.key(name),
                Body=content,
                ContentType=kind,
                CacheControl=FOREVER,
            )
        except (BotoCoreError, ClientError) as error:
            raise PublisherError(self._failed("write to", error)) from error

    def _failed(self, verb: str, error: Exception) -> str:
        return (
            f"cannot {verb} the bucket s3://{self.name}/{self.prefix}: {error}. Check `assets`, "
            "the AWS_* variables and the bucket's policy."
        )


def open_bucket(address: str) -> Bucket:
    """Open `s3://bucket/prefix`; raises ConfigError when the extra is not installed."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise ConfigError(
            "uploading to a bucket needs the extra: pip install 'publisher[s3]'."
        ) from error
    parts = urlsplit(address)
    try:
        client = boto3.Session().client("s3")  # the default session would keep old credentials
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(f"cannot prepare the connection to {address}: {error}.") from error
    return Bucket(name=parts.netloc, prefix=parts.path.strip("/"), client=client)
