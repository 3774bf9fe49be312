"""What each key of publisher.toml and redirects.yml means, in one line: for editors that ask."""

from __future__ import annotations

from collections.abc import Mapping

TOP: Mapping[str, str] = {
    "content": "The folder with the Markdown files.",
    "default_locale": "The language that every article has.",
    "locales": "All languages. One that is taken off the list is reported; nothing is removed.",
    "default_state": "Whether new articles are published or stay drafts.",
    "default_target": "The target that is meant where none is named.",
    "requires": 'Versions of publisher that may apply this repository: ">=0.3,<0.4".',
    "editor": "What links of the preview open: a known editor, or an address with {path}, {line}.",
    "frontmatter": "How frontmatter keys of other tools are read.",
    "lint": "How severe each rule is, and what it is tuned with.",
    "translations": "What a translation does whose source has changed since.",
    "policy": "A team's own rules over plans.",
    "targets": "The help centers to publish to, by name.",
}
FRONTMATTER: Mapping[str, str] = {
    "ignore": "Keys that other tools read; they are passed over.",
    "aliases": "Their key = our key.",
}
POLICY: Mapping[str, str] = {
    "files": "Python files, such as policy/*.py; asked about every plan before a write.",
}
STALE = {
    "warn": "say it",
    "block": "refuse the content until somebody has looked",
    "unpublish": "keep it from readers until somebody has looked",
}
TARGET: Mapping[str, str] = {
    "kind": "local: the embedded help center; intercom: Intercom.",
    "region": "Where the workspace is hosted.",
    "api_version": "Version of Intercom's API: 2.7 to 2.17, or Preview.",
    "token_env": "Environment variable that holds the token; never the token itself.",
    "read_token_env": "Environment variable with a token that only reads, for plan, status, pull.",
    "workspace": "Id of the only workspace that is accepted.",
    "author": "E-mail address or id of the teammate who is the author of new articles.",
    "help_center": "Identifier or id; needed where the workspace has several.",
    "base_url": "Another address that speaks the same API: Intercom's own hosts or this machine.",
    "on_removed": "What becomes of an article whose file is gone.",
    "on_drift": "What becomes of edits made in Intercom.",
    "max_removals": 'How much may be removed or unpublished at once: 5, or "20%".',
    "assets_url": "Public address of images, with {name} or {digest}.",
    "assets": "Bucket that images are uploaded to: s3://bucket/prefix.",
    "concurrency": "How many requests are under way at once, from 1 to 64.",
    "rate_share": 'Part of the workspace\'s rate limit that is ours: 0.8, or "80%".',
    "listing_lag": "Seconds after which a list of Intercom's surely shows what is new.",
    "ledger": "Where the ledger is kept: file, git, or s3://bucket/prefix.",
    "manage": "Globs of keys; nothing outside is planned.",
    "fin_locales": "Languages sent as external pages for Fin.",
    "nested_lists": "flat: lists in lists become marked paragraphs.",
}
REDIRECT: Mapping[str, str] = {
    "from": "A path in the help center, or a former key.",
    "to": "Key of the article or collection that it leads to.",
    "locale": "The language that it is for; without it, all.",
    "target": "The target that it is for; without it, all.",
}
