"""`publisher build`: the preview as files that need no server."""

from __future__ import annotations

import io
import json
import re
import socket
from contextlib import chdir, redirect_stderr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from publisher import config
from publisher.cli.main import main
from publisher.errors import ConfigError, ContentRefused
from publisher.preview.build import build
from publisher.workflow.previews import previewing
from tests.world import SMALL

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)
FILES = {
    **SMALL,
    "en/billing/invoices.md": (
        "---\ntitle: Invoices\nstate: draft\n---\n# Where they are\n\n![The list](list.png)\n\n"
        "![Elsewhere](https://cdn.example.com/a.png)\n\n[Mail](mailto:help@example.com), "
        "[site](https://example.com/), [refunds](refunds.md#how)\n"
    ),
    "en/billing/list.png": PIXEL,
    "en/alone.md": "---\ntitle: Standing alone\n---\nNot in any collection: zebra.\n",
    "ar/billing/_index.md": "---\ntitle: الفواتير\n---\n",
    "ar/billing/refunds.md": "---\ntitle: استرداد الأموال\n---\nخلال أربعة عشر يومًا.\n",
    "fin/handbook/_source.md": "---\nurl: https://handbook.example.com\n---\n",
    "fin/handbook/en/facts.md": (
        "---\ntitle: Facts for Fin\n---\nSee [refunds](../../../en/billing/refunds.md).\n"
    ),
}
WITH_ADDRESSES = "[href], [src], [action], [poster]"


def write(root: Path, files: dict[str, str | bytes] = FILES, settings: str = "") -> config.Config:
    for name, text in files.items():
        path = root / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (root / "publisher.toml").write_text(settings)
    return config.load(root, environment={})


def run(root: Path, *arguments: str) -> tuple[int, str]:
    said = io.StringIO()
    with chdir(root), redirect_stderr(said), pytest.raises(SystemExit) as ended:
        main(["build", *arguments])
    return int(ended.value.code or 0), said.getvalue()


def everything(out: Path) -> dict[str, bytes]:
    paths = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def pages(out: Path) -> dict[str, LexborHTMLParser]:
    names = (path.relative_to(out).as_posix() for path in out.rglob("*.html"))
    return {name: LexborHTMLParser((out / name).read_text("utf-8")) for name in names}


def addresses(page: LexborHTMLParser) -> list[str]:
    found = []
    for node in page.css(WITH_ADDRESSES):
        held = node.attributes
        found += [held[name] for name in ("href", "src", "action", "poster") if held.get(name)]
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("repository")
    write(root, settings='editor = "vscode"\n')
    return root


@pytest.fixture(scope="module")
def out(root):
    out = root / "public" / "pages"
    build(config.load(root, environment={}), out)
    return out


# What is in it


def test_every_relative_address_leads_to_a_file_and_every_anchor_to_a_place(out):
    found = pages(out)
    for name, page in found.items():
        for address in addresses(page):
            parts = urlsplit(address)
            if parts.scheme or address.startswith("//"):
                assert parts.scheme in ("https", "mailto"), (name, address)
                continue
            assert not address.startswith("/"), (name, address)
            there = ((out / name).parent / unquote(parts.path)) if parts.path else out / name
            assert there.is_file(), (name, address)
            assert there.resolve().is_relative_to(out.resolve()), (name, address)
            if parts.fragment and there.suffix == ".html":
                target = found[there.resolve().relative_to(out.resolve()).as_posix()]
                assert target.css_first(f'[id="{parts.fragment}"]'), (name, address)


def test_nothing_in_it_names_this_machine(out, root):
    telling = ["127.0.0.1", "localhost", str(root), str(Path.home()), "vscode:", "/tmp/"]
    telling += [socket.gethostname()] if len(socket.gethostname()) > 6 else []
    for name, content in everything(out).items():
        assert [word for word in telling if word.encode() in content] == [], name


def test_every_article_is_in_it_in_every_language_also_where_it_is_missing(out):
    names = set(everything(out))
    for locale in ("en", "fr", "ar"):
        assert {f"{locale}/index.html", f"{locale}/search.html"} <= names
    titles = {page.css_first("h1").text() for n, page in pages(out).items() if "/articles/" in n}
    assert {"Refunds", "Cancel an order", "Invoices", "Standing alone", "Remboursements"} <= titles
    refunds = next(name for name in names if name.startswith("en/articles/") and "refunds" in name)
    id_ = refunds.split("/")[2].partition("-")[0]
    assert any(name.startswith(f"fr/articles/{id_}-remboursements") for name in names)
    cancel = next(name for name in names if "cancel-an-order" in name)
    missing = "fr/articles/" + cancel.split("/")[2].partition("-")[0] + ".html"
    assert "Pas encore disponible" in (out / missing).read_text("utf-8")


def test_a_draft_is_in_it_and_says_that_it_is_one(out):
    path = next((out / "en" / "articles").glob("*-invoices.html"))
    assert "draft" in path.read_text("utf-8").lower()


def test_images_of_the_repository_come_along_and_others_stay_where_they_are(out):
    path = next((out / "en" / "articles").glob("*-invoices.html"))
    sources = [
        node.attributes["src"]
        for node in LexborHTMLParser(path.read_text("utf-8")).css(".body img")
    ]
    assert (path.parent / sources[0]).read_bytes() == PIXEL
    assert sources[1] == "https://cdn.example.com/a.png"


def test_what_only_fin_reads_the_plan_and_a_page_for_lost_readers_are_in_it(out):
    assert "Facts for Fin" in (out / "fin" / "index.html").read_text("utf-8")
    assert any("Facts for Fin" in path.read_text() for path in (out / "fin").glob("[0-9]*.html"))
    assert "<h1" in (out / "plan.html").read_text("utf-8")
    assert "404" in (out / "404.html").read_text("utf-8")


def test_the_front_page_leads_to_the_default_language(out):
    front = (out / "index.html").read_text("utf-8")
    assert 'content="0; url=en/index.html"' in front
    assert '<a href="en/index.html">' in front


def test_every_page_carries_the_policy_that_a_server_would_send(out):
    for name, page in pages(out).items():
        if name == "index.html":
            continue
        policy = page.css_first('meta[http-equiv="Content-Security-Policy"]').attributes["content"]
        assert "default-src 'none'; script-src 'self'" in policy, name
        assert not [s for s in page.css("script") if not s.attributes.get("src")], name
        assert b'<meta charset="utf-8">' in (out / name).read_bytes()[:1024], name


def test_icons_stand_in_the_page_because_browsers_take_none_from_another_file_without_a_server(out):
    home = pages(out)["en/index.html"]
    uses = [use.attributes["href"] for use in home.css("use")]
    assert uses
    assert all(use.startswith("#icon-") for use in uses)
    assert all(home.css_first(f"symbol[id='{use[1:]}']") for use in uses)


def test_the_search_page_lists_every_article_and_brings_its_texts(out):
    page = pages(out)["en/search.html"]
    listed = [link.css_first("h2").text() for link in page.css("#everything a")]
    assert sorted(listed) == ["Cancel an order", "Invoices", "Refunds", "Standing alone"]
    scripts = [node.attributes["src"] for node in page.css("script")]
    index = next(src for src in scripts if src.endswith("search-en.js"))
    text = (out / "en" / index).read_text("utf-8")
    texts = json.loads(text.removeprefix("const publisherTexts = ").rstrip(";\n"))
    assert "zebra" in texts[listed.index("Standing alone")]
    assert scripts.index(index) < [src.endswith("/search.js") for src in scripts].index(True)
    assert page.css_first("form.search").attributes["action"] == "search.html"


def without_workspace(out: Path) -> dict[str, bytes]:
    """The plan page names the embedded help center that it is for; every checkout has its own."""
    number = re.compile(rb"local[0-9a-f]{8}")
    return {name: number.sub(b"", content) for name, content in everything(out).items()}


def test_the_same_content_is_the_same_bytes_wherever_and_whenever_it_is_built(out, tmp_path):
    made = write(tmp_path / "checkout", settings='editor = "zed"\n')
    build(made, tmp_path / "again")
    assert without_workspace(tmp_path / "again") == without_workspace(out)


def test_a_very_long_title_gets_a_name_that_every_disk_takes(tmp_path):
    made = write(tmp_path, {"en/a.md": f"---\ntitle: {'very ' * 45}long\n---\nx\n"})
    build(made, tmp_path / "out")
    assert max(len(path.name) for path in (tmp_path / "out").rglob("*")) <= 110


# What is wrong in the content


def test_a_file_that_cannot_be_read_is_left_out_and_the_others_are_built(tmp_path):
    write(tmp_path, SMALL | {"en/orders/broken.md": "---\ntitle: [\n---\nx\n"})
    code, said = run(tmp_path, "out")
    assert code == 3
    assert "content/en/orders/broken.md" in said
    assert "1 file left out" in said
    assert list((tmp_path / "out/en/articles").glob("*-refunds.html"))


def test_a_link_that_leads_nowhere_is_reported_and_its_page_is_built(tmp_path):
    write(tmp_path, SMALL | {"en/orders/link.md": "---\ntitle: Linked\n---\n[x](gone.md)\n"})
    code, said = run(tmp_path, "out")
    assert code == 0
    assert "gone.md" in said
    assert list((tmp_path / "out/en/articles").glob("*-linked.html"))


def test_sound_content_is_built_without_a_word_about_it(tmp_path):
    write(tmp_path, SMALL)
    code, said = run(tmp_path, "out")
    assert code == 0
    assert "Open out/index.html" in said.replace("\\", "/")


def test_where_there_is_no_content_an_earlier_build_stays_as_it_is(tmp_path):
    made = write(tmp_path, SMALL)
    build(made, tmp_path / "out")
    before = everything(tmp_path / "out")
    (tmp_path / "content").rename(tmp_path / "elsewhere")
    with pytest.raises(ContentRefused):
        build(made, tmp_path / "out")
    assert everything(tmp_path / "out") == before


# Beside a preview that runs


def kept(root: Path) -> list[Path]:
    return sorted((root / ".publisher").glob("preview.*"))


def test_it_neither_waits_for_a_preview_nor_disturbs_it(tmp_path):
    made = write(tmp_path, SMALL)
    with previewing.opened(made, port=0) as preview:
        preview.refresh()
        before = [(path, path.stat().st_mtime_ns) for path in kept(tmp_path)]
        build(made, tmp_path / "out")
        assert [(path, path.stat().st_mtime_ns) for path in kept(tmp_path)] == before


def test_paths_in_findings_are_those_of_the_repository_from_wherever_it_is_called(tmp_path):
    broken = {"en/orders/cancel.md": "---\ntitle: Cancel\n---\n[x](gone.md)\n"}
    write(tmp_path / "repository", SMALL | broken, settings='editor = "vscode"\n')
    build(config.load(tmp_path / "repository", environment={}), tmp_path / "out")
    for name, content in everything(tmp_path / "out").items():
        assert str(tmp_path).encode() not in content, name


# The folder


@pytest.mark.parametrize("name", ["notes.txt", ".git"])
def test_a_folder_with_something_in_it_is_not_touched(tmp_path, name):
    made = write(tmp_path, SMALL)
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine")
    with pytest.raises(ConfigError, match="not empty"):
        build(made, out)
    assert everything(out) == {name: b"mine"}


def test_a_file_and_the_content_itself_are_no_places_for_pages(tmp_path):
    made = write(tmp_path, SMALL)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigError, match="is a file"):
        build(made, tmp_path / "file")
    with pytest.raises(ConfigError, match="inside the content"):
        build(made, tmp_path / "content" / "pages")
    assert not (tmp_path / "content" / "pages").exists()


def test_a_later_build_removes_what_is_stale_and_nothing_else(tmp_path):
    made = write(tmp_path, SMALL)
    out = tmp_path / "out"
    build(made, out)
    (out / "CNAME").write_text("help.example.com")
    stale = next((out / "fr" / "articles").glob("*-remboursements.html"))
    for path in (tmp_path / "content/fr/billing").iterdir():
        path.unlink()
    build(made, out)
    assert not stale.exists()
    assert not (out / "fr" / "articles").exists()
    assert (out / "CNAME").read_text() == "help.example.com"
    build(made, tmp_path / "anew")
    (out / "CNAME").unlink()
    assert everything(out) == everything(tmp_path / "anew")
