"""Where the world changes: `execute` carries a plan out, `ledger` remembers what was done.

Apply obeys the plan and decides nothing; the one thing it may do on its own is refuse a
change whose ground has moved since the plan was made.
"""
