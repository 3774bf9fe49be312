"""The ledger: which file is which article, what we sent last and what we then saw.

The only writer of ledgers, journals, locks and backups, and there is no way to write without
the lock.
"""
