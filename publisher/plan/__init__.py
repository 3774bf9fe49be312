"""Thinking: what must change, in which order, and what must not. Pure, all of it.

`make.make` turns what we want, what is live and what the ledger remembers into a
`Plan`; `stages` says in which order its changes are carried out; `planfile` keeps it.
No file, clock, network or print in this room.
"""
