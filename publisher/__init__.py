"""Help-center content as code: Markdown files in Git, planned against and applied to Intercom."""

__version__ = "0.1.0"
