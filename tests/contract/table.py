"""What answers hold, in our own words: field, type, and the versions that have it.

One line per field. "text?" may be null; a name ending in `*` may be missing. Versions are
"-2.15" (up to), "2.13-" (from), "2.7-2.9"; Preview counts as 2.16, and "P" is it alone.
"""

TYPES = {
    "text": (str,),
    "number": (int,),
    "flag": (bool,),
    "list": (list,),
    "object": (dict,),
    "share": (int, float),
}

ADMIN = """
type text
id text
name text
email text
job_title text
away_mode_enabled flag
away_mode_reassign flag
has_inbox_seat flag
team_ids list
team_priority_level object 2.8-
away_status_reason_id number? 2.14-
role object 2.16-
"""

ME = """
type text
id text
name text
email text
email_verified flag
has_inbox_seat flag
avatar object
app object
"""

HELP_CENTER = """
id text
workspace_id text
created_at number
updated_at number
identifier text
website_turned_on flag
display_name text
url text
custom_domain text?
default flag 2.16-
locales list 2.16-
"""

ROW = """
type text
id text
workspace_id text
title text
description text
body text
author_id number
state text
created_at number
updated_at number
url text?
parent_id number? -2.15
parent_type text? -2.15
parent_ids list
default_locale text
translated_content object
tags object 2.13-
body_markdown text 2.16-
has_unpublished_changes flag 2.16-
draft_updated_at number? 2.16-
ai_chatbot_availability flag 2.16-
ai_copilot_availability flag 2.16-
ai_sales_agent_availability flag 2.16-
created_by_id number? 2.16-
updated_by_id number? 2.16-
exclude_from_article_suggestions flag 2.16-
help_center_audience text 2.16-
scheduled_publish_at number? 2.16-
scheduled_unpublish_at number? 2.16-
folder_id number? P
"""

ARTICLE = f"""{ROW}
statistics object
"""

CONTENT = """
type text
title text
description text
body text
author_id number
state text
created_at number
updated_at number
url text?
body_markdown text 2.16-
has_unpublished_changes flag 2.16-
draft_updated_at number? 2.16-
audience_ids list 2.16-
ai_chatbot_availability flag 2.16-
ai_copilot_availability flag 2.16-
ai_sales_agent_availability flag 2.16-
created_by_id number? 2.16-
updated_by_id number? 2.16-
"""

STATISTICS = """
type text
views number
conversations number
reactions number
happy_reaction_percentage share
neutral_reaction_percentage share
sad_reaction_percentage share
fin_involvements number 2.16-
fin_resolutions number 2.16-
fin_resolution_rate share 2.16-
"""

COLLECTION = """
type text 2.7-2.9
id text
workspace_id text
name text
description text?
created_at number
updated_at number
url text
icon text
order number
default_locale text
translated_content object
parent_id text? 2.10-
help_center_id number?
"""

SECTION = """
type text
id text
workspace_id text
name text
created_at number
updated_at number
url text
icon text
order number
parent_id number|text
default_locale text
translated_content object
"""

SOURCE = """
id number
type text
url text
sync_behavior text
status text
last_synced_at number
created_at number
updated_at number
audience_ids list 2.15-
"""

PAGE = """
id text
type text
title text
html text
url* text
ai_agent_availability flag
ai_copilot_availability flag
ai_sales_agent_availability flag
fin_availability flag
locale text
source_id number
external_id text
created_at number
updated_at number
last_ingested_at number
"""

LIST = """
type text
pages object
total_count number
data list|object
"""

PLAIN_LIST = """
type text
data list
"""

ADMINS = """
type text
admins list
"""

PAGES = """
type text
page number
per_page number
total_pages number
next* text
"""

DELETED = """
id text
object text
deleted flag
"""

ERROR = """
type text
request_id text
errors list
"""


def _minor(version):
    return 16 if version == "Preview" else int(version.partition(".")[2])


def _has(version, span):
    if span == "P":
        return version == "Preview"
    first, _, last = span.partition("-")
    return (_minor(first) if first else 0) <= _minor(version) <= (_minor(last) if last else 99)


def fields(table, version):
    """Return the fields of a table in a version: name → (type, may be missing)."""
    found = {}
    for line in table.split("\n"):
        if not line:
            continue
        name, type_, *span = line.split(" ")
        if not span or _has(version, span[0]):
            found[name.rstrip("*")] = (type_, name.endswith("*"))
    return found


def misfits(table, version, answer):
    """Return what does not fit, as sentences; an exact fit is an empty list."""
    known = fields(table, version)
    faults = [f"unexpected {name}" for name in answer if name not in known]
    for name, (type_, optional) in known.items():
        if name not in answer:
            faults += [] if optional else [f"no {name}"]
        elif not _fits(type_, answer[name]):
            faults.append(f"{name} is {answer[name]!r}, not {type_}")
    return faults


def _fits(type_, value):
    if type_.endswith("?") and value is None:
        return True
    allowed = [one for word in type_.rstrip("?").split("|") for one in TYPES[word]]
    return any(type(value) is one for one in allowed)
