"""Lint: what to show of the findings, what can be mended, what readers lose, what is on the web."""
