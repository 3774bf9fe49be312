"""What becomes of translations when their source changes, and their way to translators and back."""

from __future__ import annotations
