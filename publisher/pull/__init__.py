"""BACK FROM INTERCOM: what is live, laid out as the files a writer would have written.

    names    a file name for a title             layout   where everything goes
    outward  live addresses → relative ones      merge    their blocks into the author's text
    report   what was proven, and what to look at

Pure: nothing is read or written here; `workflow.pulls` brings both sides together, and
`source` writes the files.
"""
