"""The preview: the content folder as a help center, and all that is said beside a page."""
