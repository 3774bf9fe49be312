"""Drafts reach the disk whole, and nothing else does."""

from publisher.source.writing import store


def test_long_names_that_begin_alike_do_not_get_into_each_others_way(tmp_path):
    start = "how-to-set-up-single-sign-on-with-your-identity-provider"
    drafts = {f"en/{start}-{part}.md": f"Part {part}.".encode() for part in range(3)}
    assert store(tmp_path, drafts) == tuple(sorted(drafts))
    for name, content in drafts.items():
        assert (tmp_path / name).read_bytes() == content


def test_what_a_killed_store_left_behind_is_swept_away(tmp_path):
    left = tmp_path / "en" / ".0123456789abcdef.publisher-new"
    left.parent.mkdir()
    left.write_bytes(b"half")
    store(tmp_path, {"en/a.md": b"A"})
    assert sorted(path.name for path in left.parent.iterdir()) == ["a.md"]


def test_images_stand_before_the_texts_that_show_them_and_old_files_go_last(tmp_path):
    """Seen through the times of change: the order in which a crash could cut it off."""
    store(tmp_path, {"en/old.md": b"old"})
    store(tmp_path, {"en/a.md": b"![x](../images/x.png)", "images/x.png": b"x", "en/old.md": None})
    assert not (tmp_path / "en/old.md").exists()
    assert (tmp_path / "images/x.png").stat().st_ctime_ns <= (
        tmp_path / "en/a.md"
    ).stat().st_ctime_ns
