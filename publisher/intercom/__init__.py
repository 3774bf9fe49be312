"""The far side: everything that speaks to Intercom, and nothing that decides.

    dialect     what differs between API versions; a request not sent yet
    wire        nouns → requests, answers → nouns; pure
    transport   a request → an answer: token, time-outs, rate limits, repetition
    refusals    an answer that says no → one sentence for a person
    observe     page through a whole help center

Must not import plan, source, body or helpcenter, and touches no file.
"""
