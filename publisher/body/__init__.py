"""The language of article bodies: Markdown ⇄ blocks ⇄ the HTML that Intercom keeps.

    Markdown ──from_markdown──► HTML, references still symbolic ──refs.bind──► HTML to send
    HTML that Intercom shows ──canonical──► one spelling, to compare
    HTML that Intercom shows ──proof──► Markdown, shown to render back to the same

Everything here is pure: text in, text out. No file and no network is touched, and no
other room but `errors` and `model` is imported. What Intercom's HTML looks like is in
`vocabulary`; what an article is made of, in `tree`.
"""
