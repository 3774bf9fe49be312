"""Pages and files as HTTP replies: security headers, and what a browser may keep."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

VIDEO_HOSTS = (
    "https://www.youtube.com https://www.youtube-nocookie.com https://player.vimeo.com"
    " https://*.wistia.com https://*.wistia.net https://*.loom.com https://*.vidyard.com"
    " https://*.streamio.com"
)
"""Source: Intercom, "Supported HTML": YouTube, Wistia, Vimeo, Loom, Vidyard, Streamio."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
    " style-src-attr 'unsafe-inline'; img-src 'self' https:; font-src 'self';"
    f" frame-src {VIDEO_HOSTS}; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""Inline style is allowed on attributes only: callouts and table cells carry their colours so."""

IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG opened by itself is a document; it gets no script either."""


def page(html: str, request: Request, *, status: int = 200) -> Response:
    """Return a page that the browser asks for again each time, and gets only when it changed."""
    response = Response(html, status=status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    return _checked(response, request, "no-cache")


def file(content: bytes, media_type: str, request: Request) -> Response:
    """Return a file; what is not text, image or script is offered for download, not shown."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Security-Policy"] = IMAGE_POLICY
    if not media_type.startswith(("image/", "text/css", "text/javascript")):
        response.headers["Content-Disposition"] = "attachment"
    return _checked(response, request, "max-age=3600")


def _checked(response: Response, request: Request, keep: str) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = keep
    response.add_etag()
    return response.make_conditional(request)
