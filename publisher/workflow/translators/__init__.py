"""Translations: how they stand, and the way to translators and home."""
