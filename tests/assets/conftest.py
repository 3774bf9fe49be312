"""The stories of images begin like those of commands."""

from tests.cli.conftest import plain_environment, story

__all__ = ["plain_environment", "story"]
