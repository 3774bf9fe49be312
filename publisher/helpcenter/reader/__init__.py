"""What readers of the help center see: shelves, bodies made fit to show, search, and words.

Pure: rows in, values out. `pages.py` is the only user; it owns requests and replies.
"""
