"""Who and where: the token's teammate, all teammates, the help centers.

Source: the OpenAPI files and their examples; `url` and `custom_domain` are in every
version, `default` and `locales` from 2.16 on.
"""

from __future__ import annotations

from publisher.helpcenter.answers import JSON, Answer, not_found
from publisher.helpcenter.asks import Ask
from publisher.helpcenter.store import Row


def me(ask: Ask) -> Answer:
    """GET /me: the teammate, and the workspace as `app`."""
    center = ask.center
    app = {
        "type": "app",
        "id_code": center.workspace_id,
        "name": center.name,
        "created_at": center.born,
        "secure": False,
        "identity_verification": False,
        "timezone": "America/Los_Angeles",
        "region": "US",
    }
    picture = "https://static.intercomassets.com/assets/default-avatars/admins/128.png"
    avatar = {"type": "avatar", "image_url": picture}
    names = ("type", "id", "email", "name", "has_inbox_seat")
    known = {name: value for name, value in admin(ask, ask.admin).items() if name in names}
    return Answer(known | {"email_verified": True, "app": app, "avatar": avatar})


def list_admins(ask: Ask) -> Answer:
    """GET /admins: no pages, no total."""
    rows = ask.center.store.all("admin")
    return Answer({"type": "admin.list", "admins": [admin(ask, row) for row in rows]})


def retrieve_admin(ask: Ask, id: str) -> Answer:
    """GET /admins/{id}."""
    row = ask.center.store.get("admin", int(id)) if id.isascii() and id.isdigit() else None
    if row is None:
        raise not_found("Admin not found", "admin_not_found")
    return Answer(admin(ask, row))


def list_help_centers(ask: Ask) -> Answer:
    """GET /help_center/help_centers: neither pages nor total."""
    return Answer({"type": "list", "data": [_center(ask, row) for row in ask.center.centers]})


def retrieve_help_center(ask: Ask, id: str) -> Answer:
    """GET /help_center/help_centers/{id}."""
    if not (id.isascii() and id.isdigit()):
        raise not_found()
    return Answer(_center(ask, ask.center.center_row(int(id))))


def _center(ask: Ask, row: Row) -> JSON:
    reply: JSON = {
        "id": ask.id(row["id"]),
        "workspace_id": ask.center.workspace_id,
        "created_at": ask.center.born,
        "updated_at": ask.center.born,
        "identifier": row["identifier"],
        "website_turned_on": True,
        "display_name": row["name"],
        "url": row["url"],
        "custom_domain": None,
    }
    if ask.version.rich:
        default = row["id"] == ask.center.centers[0]["id"]
        reply |= {"default": default, "locales": list(row["locales"])}
    return reply


def admin(ask: Ask, row: Row) -> JSON:
    """Return a teammate; the id is text, though authors are numbers."""
    reply: JSON = {
        "type": "admin",
        "id": ask.id(row["id"]),
        "name": row["name"],
        "email": row["email"],
        "job_title": row["job_title"],
        "away_mode_enabled": False,
        "away_mode_reassign": False,
        "has_inbox_seat": True,
        "team_ids": [],
    }
    if ask.version.priority:
        reply["team_priority_level"] = {"primary_team_ids": [], "secondary_team_ids": []}
    if ask.version.away_reason:
        reply["away_status_reason_id"] = None
    if ask.version.role:
        reply["role"] = {"type": "role", "id": "1", "name": "Author"}
    return reply
