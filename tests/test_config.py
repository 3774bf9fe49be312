"""publisher.toml and the environment: what is read, what beats what, what is refused and how."""

from __future__ import annotations

import json

import pytest

from publisher import __version__, config
from publisher.config import EDITORS, FILE, TARGET, TOP, load
from publisher.errors import ConfigError
from tests.terminal import run_in

TOKEN = "tok_secret_0123456789"
INTERCOM = "[targets.live]\nkind = 'intercom'\n"


@pytest.fixture
def read(tmp_path):
    """Read a publisher.toml with an environment of its own."""

    def reading(text="", **environment):
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        return load(tmp_path, environment=environment)

    return reading


@pytest.fixture
def refusal(tmp_path):
    """Lint a folder with this publisher.toml; returns the one sentence it is refused with."""

    def refused(text, **environment):
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("CI", raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            ended = run_in(tmp_path, "lint")
        assert ended.code == 64, str(ended)
        assert ended.out == ""
        lines = ended.err.splitlines()
        assert len(lines) == 1, ended.err
        assert lines[0].startswith("error: ")
        return lines[0]

    return refused


# What is read ---------------------------------------------------------------------------------


def test_without_a_file_the_target_is_the_embedded_help_center(tmp_path):
    config = load(tmp_path, environment={})
    assert config.target(None).kind == "local"
    assert config.content_folder == tmp_path / "content"
    assert config.state_folder == tmp_path / ".publisher"


def test_every_key_at_the_top_is_read(read):
    made = read(
        'content = "docs"\ndefault_locale = "de"\nlocales = ["de", "pt-BR"]\n'
        'default_state = "draft"\ndefault_target = "live"\nrequires = ">=0.1"\n'
        '[frontmatter]\nignore = ["weight"]\naliases = { summary = "description" }\n'
        '[lint]\nlink-unresolved = "warning"\n' + INTERCOM
    )
    assert made.content == "docs"
    assert made.rules.default_locale == "de"
    assert made.rules.locales == ("de", "pt-BR")
    assert made.rules.default_state == "draft"
    assert made.rules.ignore == {"weight"}
    assert made.rules.aliases == {"summary": "description"}
    assert made.rules.severities == {"link-unresolved": "warning"}
    assert made.target(None).name == "live"
    assert made.requires == ">=0.1"


VALUES = {
    "kind": "intercom",
    "region": "eu",
    "api_version": "2.12",
    "token_env": "MY_TOKEN",
    "read_token_env": "MY_READ_TOKEN",
    "workspace": "abc123",
    "author": "docs@example.com",
    "help_center": "acme-help",
    "base_url": "http://127.0.0.1:4010",
    "on_removed": "draft",
    "on_drift": "fail",
    "max_removals": "5%",
    "assets_url": "https://cdn.example.com/{name}",
    "assets": "s3://bucket/help",
    "concurrency": 3,
    "rate_share": 0.5,
    "listing_lag": 5,
    "ledger": "file",
    "manage": ["billing/**"],
    "fin_locales": ["en", "fr"],
    "nested_lists": "flat",
}


def test_the_values_tried_here_are_all_the_keys_a_target_has():
    assert VALUES.keys() == TARGET.keys()


def test_every_key_of_a_target_is_read(read):
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in VALUES.items())
    target = read(f"[targets.live]\n{lines}\n").target("live")
    for key, value in VALUES.items():
        assert getattr(target, key) == (tuple(value) if isinstance(value, list) else value), key


def test_numbers_are_understood_where_people_write_them(read):
    target = read(
        "[targets.live]\napi_version = 2.16\nauthor = 991\nhelp_center = 12\nmax_removals = 3\n"
    ).target("live")
    said = (target.api_version, target.author, target.help_center, target.max_removals)
    assert said == ("2.16", "991", "12", "3")


def test_a_share_is_understood_in_hundredths_too(read):
    target = read("[targets.live]\nrate_share = '50%'\nlisting_lag = 2.5\n").target("live")
    assert (target.rate_share, target.listing_lag) == (0.5, 2.5)


def test_a_version_that_ends_in_zero_needs_no_quotes(read):
    assert read("[targets.live]\napi_version = 2.10\n").target("live").api_version == "2.10"


def test_an_intercom_target_is_careful_and_a_local_one_is_not(read):
    made = read(INTERCOM)
    live, local = made.target("live"), made.target("local")
    assert (live.on_removed, live.on_drift, live.max_removals) == ("report", "keep", "20%")
    assert (local.on_removed, local.on_drift, local.max_removals) == ("delete", "overwrite", "100%")


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / FILE).write_bytes(b'\xef\xbb\xbfcontent = "docs"\n')
    assert load(tmp_path, environment={}).content == "docs"


def test_another_file_may_be_named_and_its_folder_is_the_root(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "other.toml").write_text('content = "docs"\n')
    made = load(tmp_path, file=tmp_path / "sub" / "other.toml", environment={})
    assert made.content_folder == tmp_path / "sub" / "docs"


# The editor -----------------------------------------------------------------------------------


@pytest.mark.parametrize("editor", [*EDITORS, "myeditor://open?file={path}&line={line}", ""])
def test_an_editor_is_known_by_name_or_by_its_address(read, editor):
    assert read(f"editor = {json.dumps(editor)}\n").editor == editor


@pytest.mark.parametrize(
    ("editor", "said"),
    [
        ("vscod", "Did you mean vscode?"),
        ("javascript:alert({path})", "no address that opens an editor"),
        ("JavaScript:alert({path})", "no address that opens an editor"),
        ("data:text/html,{path}", "no address that opens an editor"),
        ("x://y z/{path}", "no address that opens an editor"),
        ("myeditor://open", "must contain {path}"),
    ],
)
def test_an_editor_that_cannot_be_meant_is_refused(refusal, editor, said):
    assert said in refusal(f"editor = {json.dumps(editor)}\n")


@pytest.mark.parametrize("name", ["preview", "Preview"])
def test_no_target_may_have_the_name_of_the_previews_files(refusal, name):
    said = refusal(f"[targets.{name}]\nkind = 'local'\n")
    assert f"[targets.{name}]" in said
    assert "call the target otherwise" in said


# The environment beats the file ---------------------------------------------------------------

OVERRIDES = {
    "content": ("docs", lambda c: c.content),
    "default_locale": ("de", lambda c: c.rules.default_locale),
    "locales": ("de, fr", lambda c: ", ".join(c.rules.locales)),
    "default_state": ("draft", lambda c: c.rules.default_state),
    "default_target": ("live", lambda c: c.default_target),
    "requires": (">=9", lambda c: c.requires),
    "editor": ("zed", lambda c: c.editor),
}
NOT_OVERRIDDEN = {"frontmatter", "lint", "policy", "targets", "translations"}


def test_the_overrides_tried_here_are_all_there_are():
    assert OVERRIDES.keys() == TOP.keys() - NOT_OVERRIDDEN


@pytest.mark.parametrize("key", OVERRIDES)
def test_a_variable_beats_a_key_at_the_top(key, read):
    value, look = OVERRIDES[key]
    file = 'content = "other"\ndefault_locale = "en"\nlocales = ["en"]\ndefault_state="published"\n'
    file += 'default_target = "local"\nrequires = ""\n' + INTERCOM
    assert look(read(file, **{f"PUBLISHER_{key.upper()}": value})) == value


@pytest.mark.parametrize("key", [key for key in VALUES if key != "kind"])
def test_a_variable_beats_a_key_of_a_target(key, read):
    value = VALUES[key]
    spelt = ",".join(value) if isinstance(value, list) else str(value)
    needed = "assets_url = 'https://example.com/{name}'\n" if key == "assets" else ""
    target = read(INTERCOM + needed, **{f"PUBLISHER_{key.upper()}": spelt}).target("live")
    assert getattr(target, key) == (tuple(value) if isinstance(value, list) else value)


def test_publisher_kind_rehearses_every_target_and_leaves_local_as_it_is(read):
    made = read(INTERCOM, PUBLISHER_KIND="local")
    assert made.target("live").kind == "local"
    assert read(INTERCOM, PUBLISHER_KIND="intercom").target("local").kind == "local"


def test_what_a_variable_says_is_judged_like_what_a_file_says(refusal):
    said = refusal(INTERCOM, PUBLISHER_ON_REMOVED="burn")
    assert "PUBLISHER_ON_REMOVED is 'burn'; " in said
    assert "report, draft, delete" in said


WRONG = {
    "kind": "zendesk",
    "region": "moon",
    "token_env": "tok en",
    "read_token_env": "tok en",
    "base_url": "ftp://x",
    "on_removed": "foo",
    "on_drift": "foo",
    "max_removals": "few",
    "assets_url": "https://example.com",
    "assets": "gs://bucket",
    "concurrency": "²",
    "rate_share": "most",
    "listing_lag": "soon",
    "ledger": "mysql",
    "fin_locales": "xx",
    "nested_lists": "foo",
    "default_locale": "xx",
    "locales": "en,xx",
    "default_state": "live",
    "requires": "new",
}


@pytest.mark.parametrize("key", WRONG)
def test_a_fault_in_the_environment_is_not_blamed_on_the_file(key, refusal):
    variable = f"PUBLISHER_{key.upper()}"
    said = refusal(INTERCOM, **{variable: WRONG[key]})
    assert said.startswith(f"error: {variable}"), said
    assert FILE not in said


def test_a_fault_in_the_file_is_not_blamed_on_the_environment(refusal):
    said = refusal("[targets.live]\nregion = 'moon'", PUBLISHER_ON_REMOVED="draft")
    assert said.startswith(f"error: {FILE}, [targets.live]: region is 'moon'; ")


def test_a_target_that_only_the_environment_names_is_blamed_on_it(read):
    with pytest.raises(ConfigError, match=r"^PUBLISHER_TARGET: there is no target “lvie”.*live"):
        read(INTERCOM, PUBLISHER_TARGET="lvie").target(None)


def test_publisher_target_names_the_target(read):
    assert read(INTERCOM, PUBLISHER_TARGET="live").target(None).name == "live"


# What is refused, in one sentence that names file and key --------------------------------------

REFUSED = {
    "an unknown key": ('contents = "x"', ("contents", "Did you mean content?")),
    "an unknown key of a target": (
        "[targets.live]\nregoin = 'eu'",
        ("[targets.live]", "regoin", "Did you mean region?"),
    ),
    "a hyphen for an underscore": (
        "[targets.live]\non-removed = 'draft'",
        ("on-removed", "Did you mean on_removed?"),
    ),
    "an unknown key below frontmatter": (
        "[frontmatter]\nignored = []",
        ("[frontmatter]", "ignored", "Did you mean ignore?"),
    ),
    "an unknown locale": ('locales = ["en", "pt_BR"]', ("locales", "pt_BR", "pt-BR")),
    "an unknown default locale": ('default_locale = "xx"', ("default_locale", "xx")),
    "a locale that is no text": ("locales = [1]", ("locales", "1")),
    "a locale that is a list": ("locales = [[]]", ("locales", "[]")),
    "an unknown state": ('default_state = "live"', ("default_state", "published, draft")),
    "an unknown kind": ("[targets.live]\nkind = 'zendesk'", ("kind", "local, intercom")),
    "an unknown region": ("[targets.live]\nregion = 'us1'", ("region", "us, eu, au")),
    "an unknown removal": ("[targets.live]\non_removed = 'x'", ("on_removed", "draft, delete")),
    "an unknown answer to drift": ("[targets.live]\non_drift = 'x'", ("on_drift", "keep")),
    "an unknown way with lists": ("[targets.live]\nnested_lists = 'x'", ("nested_lists", "flat")),
    "a ledger elsewhere": ("[targets.live]\nledger = 'mysql'", ("ledger", "file")),
    "a bucket without a name": ("[targets.live]\nledger = 's3://'", ("ledger", "s3://bucket")),
    "no share at all": ("[targets.live]\nrate_share = 0", ("rate_share", "80%")),
    "more than all": ("[targets.live]\nrate_share = '120%'", ("rate_share", "80%")),
    "a lag without end": ("[targets.live]\nlisting_lag = 9999", ("listing_lag", "600")),
    "a rule that is neither": ("[lint]\nlink-unresolved = 'fatal'", ("[lint]", "link-unresolved")),
    "a rule that is no text": ("[lint]\nlink-unresolved = []", ("[lint]", "link-unresolved")),
    "lint that is no table": ('lint = "strict"', ("lint", "a table")),
    "text for a list": ('locales = "en"', ("locales", "a list", "'en'")),
    "a number for text": ("content = 5", ("content", "text", "5")),
    "a flag for a number": ("[targets.live]\nconcurrency = true", ("concurrency", "number")),
    "a target that is no table": ('[targets]\nlive = "x"', ("[targets.live]", "a table")),
    "nothing at once": ("[targets.live]\nconcurrency = 0", ("concurrency", "from 1 to 64")),
    "too much at once": ("[targets.live]\nconcurrency = 65", ("concurrency", "from 1 to 64")),
    "a limit in words": ("[targets.live]\nmax_removals = 'few'", ("max_removals", "20%")),
    "aliases that are no text": ("[frontmatter]\naliases = { a = 1 }", ("aliases", "a")),
    "images without a name": (
        "[targets.live]\nassets_url = 'https://example.com/help'",
        ("assets_url", "{name}"),
    ),
    "images on a disk": ("[targets.live]\nassets_url = 'file:///{name}'", ("assets_url", "http")),
    "a bucket elsewhere": (
        "[targets.live]\nassets_url = 'https://example.com/{name}'\nassets = 'gs://bucket'",
        ("assets", "s3://bucket/prefix"),
    ),
    "a bucket nobody can read from": (
        "[targets.live]\nassets = 's3://bucket'",
        ("assets", "assets_url"),
    ),
    "an address with half a bracket": ("[targets.live]\nbase_url = 'http://[::1'", ("base_url",)),
    "a port that is none": ("[targets.live]\nbase_url = 'http://127.0.0.1:99999'", ("base_url",)),
    "images at half a bracket": (
        "[targets.live]\nassets_url = 'https://[x/{name}'",
        ("assets_url", "http"),
    ),
    "an address that is none": ("[targets.live]\nbase_url = 'intercom'", ("base_url", "http")),
    "TOML that is none": ("content = ", ("line 1",)),
    "a version range that is none": ("requires = 'new'", ("requires", "new")),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_fault_is_one_sentence_that_names_file_and_key(fault, refusal):
    text, named = REFUSED[fault]
    said = refusal(text + "\n")
    assert FILE in said
    for part in named:
        assert part in said


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / FILE).write_bytes(b'content = "caf\xe9"\n')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path, environment={})


def test_a_named_file_that_is_not_there_is_refused(tmp_path):
    ended = run_in(tmp_path, "lint", "--config", "nowhere.toml")
    assert ended.code == 64
    assert "nowhere.toml" in ended.err


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path):
    (tmp_path / FILE).mkdir()
    ended = run_in(tmp_path, "lint")
    assert ended.code == 64
    assert "cannot be read" in ended.err


def test_an_unknown_target_is_refused_with_the_one_that_was_meant(tmp_path):
    (tmp_path / FILE).write_text("[targets.production]\n")
    ended = run_in(tmp_path, "status", "--target", "prodction")
    assert ended.code == 64
    assert "Did you mean production?" in ended.err


def test_a_version_that_does_not_fit_requires_is_refused(refusal):
    said = refusal('requires = ">=99"')
    assert ">=99" in said
    assert __version__ in said


def test_a_version_that_fits_requires_is_welcome(tmp_path):
    (tmp_path / FILE).write_text(f'requires = "=={__version__}"\n')
    (tmp_path / "content" / "en").mkdir(parents=True)
    (tmp_path / "content" / "en" / "a.md").write_text("# A\n\nText.\n")
    assert run_in(tmp_path, "lint").code == 0


# In CI -------------------------------------------------------------------------------------


def test_in_ci_a_command_that_names_no_target_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("PUBLISHER_TARGET", raising=False)
    (tmp_path / FILE).write_text(INTERCOM)
    ended = run_in(tmp_path, "plan")
    assert ended.code == 64
    for way in ("--target", "PUBLISHER_TARGET", "default_target", "live"):
        assert way in ended.err
    assert not (tmp_path / ".publisher").exists()


@pytest.mark.parametrize("way", ["option", "variable", "file"])
def test_in_ci_a_named_target_is_taken(way, read):
    named = 'default_target = "local"\n' if way == "file" else ""
    environment = {"PUBLISHER_TARGET": "local"} if way == "variable" else {}
    made = read(named + INTERCOM, CI="1", **environment)
    assert made.target("local" if way == "option" else None).kind == "local"


@pytest.mark.parametrize("value", ["", "0", "false", "no"])
def test_a_ci_variable_that_says_no_is_no_ci(value, read):
    assert read(INTERCOM, CI=value).target(None).kind == "local"


def test_in_ci_without_an_intercom_target_nothing_has_to_be_named(read):
    assert read("", CI="1").target(None).kind == "local"


# Where the token may go ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:4010",
        "http://localhost:4010",
        "http://[::1]:4010",
        "https://api.intercom.io",
        "https://api.eu.intercom.io",
        "https://api.au.intercom.io",
    ],
)
def test_a_file_may_name_this_machine_and_intercom(address, read):
    assert read(f'[targets.live]\nbase_url = "{address}"\n').target("live").base_url == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.com",
        "https://api.intercom.io.evil.example.com",
        "https://api.intercom.io@evil.example.com",
        "https://127.0.0.1.evil.example.com",
        "https://evilapi.intercom.io",
    ],
)
def test_a_file_may_name_nobody_else(address, refusal):
    assert "PUBLISHER_BASE_URL" in refusal(f'[targets.live]\nbase_url = "{address}"\n')


def test_the_environment_may_name_anybody_who_encrypts(read):
    made = read(INTERCOM, PUBLISHER_BASE_URL="https://proxy.example.com")
    assert made.target("live").base_url == "https://proxy.example.com"


def test_an_address_from_the_environment_is_blamed_on_the_environment(refusal):
    assert "PUBLISHER_BASE_URL must be" in refusal(INTERCOM, PUBLISHER_BASE_URL="ftp://x")


def test_nobody_elsewhere_gets_the_token_unencrypted(refusal):
    said = refusal(INTERCOM, PUBLISHER_BASE_URL="http://proxy.example.com")
    assert "unencrypted" in said


# The token -------------------------------------------------------------------------------------


def test_the_token_comes_from_the_variable_that_is_named(read):
    made = read("[targets.live]\ntoken_env = 'MINE'\n", MINE=f" {TOKEN}\n")
    assert made.token(made.target("live"), writes=True) == TOKEN


def test_reading_prefers_the_token_that_can_only_read(read):
    made = read(INTERCOM, INTERCOM_ACCESS_TOKEN="writes", INTERCOM_READ_TOKEN="reads")
    target = made.target("live")
    assert made.token(target, writes=False) == "reads"
    assert made.token(target, writes=True) == "writes"


def test_reading_alone_needs_no_token_that_writes(read):
    made = read(INTERCOM, INTERCOM_READ_TOKEN="reads")
    assert made.token(made.target("live"), writes=False) == "reads"
    with pytest.raises(ConfigError, match="INTERCOM_ACCESS_TOKEN"):
        made.token(made.target("live"), writes=True)


def test_a_token_under_a_name_we_do_not_read_is_noticed_and_not_shown(read):
    made = read(INTERCOM, INTERCOM_API_KEY=TOKEN)
    with pytest.raises(ConfigError, match="INTERCOM_API_KEY is set, but not read") as refused:
        made.token(made.target("live"), writes=True)
    assert TOKEN not in str(refused.value)


def test_a_configuration_never_shows_a_token(read):
    made = read(INTERCOM, INTERCOM_ACCESS_TOKEN=TOKEN)
    assert TOKEN not in repr(made)
    assert made == read(INTERCOM, INTERCOM_ACCESS_TOKEN="another")


def test_a_token_in_the_file_is_refused_and_not_repeated(refusal):
    said = refusal(f"[targets.live]\ntoken = '{TOKEN}'\n")
    assert TOKEN not in said
    assert "token_env" in said


def test_a_token_in_place_of_its_variables_name_is_not_repeated(refusal):
    secret = "dG9rOmFiY2RlZi0xMjM0NTY3ODkw="
    said = refusal(f"[targets.live]\ntoken_env = '{secret}'\n")
    assert "token_env" in said
    assert secret not in said


def test_every_flag_counts_unless_it_clearly_says_no(tmp_path):
    assert load(tmp_path, environment={"PUBLISHER_READ_ONLY": "maybe"}).read_only
    assert not load(tmp_path, environment={"PUBLISHER_READ_ONLY": " No "}).read_only


def test_a_job_knows_where_its_pull_request_is(tmp_path):
    def forge(**environment):
        return config.load(tmp_path, environment=environment).forge()

    assert forge().kind == ""
    ours = forge(
        GITHUB_REPOSITORY="acme/help",
        GITHUB_SERVER_URL="https://git.example.com",
        GITHUB_API_URL="https://git.example.com/api/v3",
        GITHUB_RUN_ID="9",
    )
    assert (ours.kind, ours.api, ours.project) == (
        "github",
        "https://git.example.com/api/v3",
        "acme/help",
    )
    assert ours.run == "https://git.example.com/acme/help/actions/runs/9"
    theirs = forge(GITLAB_CI="true", CI_PROJECT_ID="12", CI_MERGE_REQUEST_IID="3")
    assert (theirs.kind, theirs.project, theirs.request) == ("gitlab", "12", "3")


def test_the_token_of_the_forge_comes_from_its_variable_and_is_not_shown(tmp_path):
    def token(**environment):
        loaded = config.load(tmp_path, environment=environment)
        return loaded.forge_token(loaded.forge())

    job = {"GITHUB_REPOSITORY": "acme/help"}
    assert token(**job, GITHUB_TOKEN="one") == "one"
    assert token(**job, GITHUB_TOKEN="one", PUBLISHER_FORGE_TOKEN="two") == "two"
    assert token(CI_API_V4_URL="https://gitlab.com/api/v4", GITLAB_TOKEN="three") == "three"
    with pytest.raises(ConfigError, match="GITHUB_TOKEN"):
        token(**job, GITLAB_TOKEN="three")
