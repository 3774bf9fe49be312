"""Flattening a thing to text and building it again are each other's inverse."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.model import (
    LOCALES,
    Article,
    Availability,
    Collection,
    ExternalPage,
    Ref,
    Source,
    Translation,
    from_fields,
)

keys = st.text("abc/é ", min_size=1, max_size=8)
texts = st.text(max_size=12)
locales = st.sampled_from(LOCALES)
maybe = st.none() | st.booleans()
states = st.sampled_from([None, "draft", "published"])
translations = st.builds(Translation, title=texts, description=texts, state=states, body=texts)
parents = st.none() | keys
articles = st.builds(
    Article,
    key=keys,
    parent=parents,
    author=st.none() | keys,
    translations=st.dictionaries(locales, translations, max_size=4),
)
pages = st.builds(
    ExternalPage,
    key=keys,
    source=keys,
    locale=locales,
    external_id=keys,
    url=texts,
    title=texts,
    body=texts,
    fin=st.builds(Availability, agent=maybe, copilot=maybe, sales=maybe),
)
sources = st.builds(Source, key=keys, url=texts, active=st.booleans())


@st.composite
def collections(draw):
    """A collection; every name has a description, if an empty one."""
    titles = draw(st.dictionaries(locales, texts, max_size=4))
    return Collection(
        key=draw(keys),
        parent=draw(parents),
        icon=draw(st.none() | texts),
        titles=titles,
        descriptions={locale: draw(texts) for locale in titles},
    )


@given(articles | pages | sources | collections())
def test_a_thing_built_from_its_own_fields_is_the_same_thing(thing):
    assert from_fields(Ref(thing.kind, thing.key), thing.fields()) == thing
