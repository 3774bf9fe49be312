"""THE WRITER'S WINDOW: the help center as readers will see it, and what a writer needs beside it.

Shows what `workflow` finds out and decides nothing. Pages come from the embedded help center's
own site, given a `Window` to put drafts, banners and the panel into; everything that is only
for writers lives below `/-/`.
"""
