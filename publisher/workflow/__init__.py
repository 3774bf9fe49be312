"""The hallway: one function for each thing a user can ask for, joining the rooms.

No click, no printing, no state of its own. What a caller should hear about while work goes
on arrives through a callback.
"""
