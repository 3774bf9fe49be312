"""Rules about images and videos."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, article, of_body

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>\n'
_FORM = {"en/billing/form.svg": _SVG}

RULES: Mapping[str, Rule] = {
    "asset-missing": Rule(
        "error",
        "An image is not where the text says it is.",
        why="Intercom fetches every image when an article is sent, and refuses the whole article "
        "for one that is not there. The path is relative to the file that shows the image, and "
        "capitals count.",
        bad=article("Sign here:\n\n![The form](form.svg)"),
        good={**article("Sign here:\n\n![The form](form.svg)"), **_FORM},
    ),
    "asset-type": Rule(
        "warning",
        "An image is of a type that Intercom does not document.",
        why="Intercom documents PNG, JPEG, GIF and SVG. For an image of another type it may refuse "
        "the whole article, or show nothing.",
        bad={**article("![The form](form.bmp)"), "en/billing/form.bmp": "BM\n"},
        good={**article("Sign here:\n\n![The form](form.svg)"), **_FORM},
    ),
    "caption": of_body(
        "caption",
        "The words below an image or above a table become a paragraph like any other. Readers "
        "still find them there; they only do not look like a caption.",
        bad='<figure>\n<img src="https://example.com/form.png" alt="The form">\n'
        "<figcaption>Where to sign</figcaption>\n</figure>",
        good="![The form](https://example.com/form.png)\n\nWhere to sign",
    ),
    "embed-unsupported": of_body(
        "embed-unsupported",
        "Intercom plays videos of YouTube, Wistia, Vimeo, Loom, Vidyard and Streamio, and answers "
        "any other embedded page by refusing the whole article. Link to the page, or put the "
        "video on one of these.",
        bad='<iframe src="https://example.com/map"></iframe>',
        good="[The map](https://example.com/map)",
    ),
    "image-address": of_body(
        "image-address",
        "Intercom copies each image from a public address when the article is sent; for one that "
        "it cannot fetch it refuses the whole article. An image needs the path of a file in the "
        "content folder, or an address that begins with `https://`.",
        bad="![The form](file:///home/anna/form.png)",
        good="![The form](https://example.com/form.png)",
    ),
    "image-alt": Rule(
        "warning",
        "An image has no text for those who cannot see it.",
        why="A screen reader says the text in the square brackets, and it stands "
        "where the image does not load. Say what the image shows that the reader needs.",
        bad={**article("![](form.svg)"), **_FORM},
        good={**article("![The form, with the field for the amount](form.svg)"), **_FORM},
    ),
    "image-data-url": of_body(
        "image-data-url",
        "Intercom refuses images that are written into the text itself. Tools that turn documents "
        "into Markdown often leave them behind. Save the image as a file and link that.",
        bad="Sign here:\n\n![The form](data:image/png;base64,iVBORw0KGgo=)",
        good={**article("Sign here:\n\n![The form](form.svg)"), **_FORM},
    ),
    "image-inline": of_body(
        "image-inline",
        "An image in an Intercom article is always a block of its own, so the sentence around it "
        "is parted in two. Put it on a line of its own, or use a character in its place.",
        bad="Press ![gear](https://example.com/gear.png) to begin.",
        good="Press the gear to begin.\n\n![The gear](https://example.com/gear.png)",
    ),
    "image-large": Rule(
        "error",
        "An image file is larger than can be an image of an article.",
        why="Intercom fetches every image while the article is being sent, and one that it cannot "
        "fetch in time fails the whole article. Readers on a phone would wait for it at each "
        "visit. The limit is ours: Intercom documents none.",
        options={"max_mb": 20},
    ),
    "image-size": of_body(
        "image-size",
        "Intercom drops the width and height of an image and shows it in a size of its own. To "
        "make it smaller, make the file itself smaller.",
        bad='<img src="https://example.com/form.png" alt="The form" width="300">',
        good="![The form](https://example.com/form.png)",
    ),
    "image-title": of_body(
        "image-title",
        "The title of an image shows only under the pointer, so it does not reach readers on a "
        "phone, and it is not sent. The description in the square brackets stays, and is what a "
        "screen reader reads.",
        bad='![The form](https://example.com/form.png "Sign at the bottom")',
        good="![The form, to be signed at the bottom](https://example.com/form.png)",
    ),
    "image-unused": Rule(
        "warning",
        "An image file that no text shows or links to.",
        why="It was left behind when its article changed, or somebody forgot to show it. Left in "
        "the repository, the next writer takes it for the picture that readers see. What is "
        "meant to lie there can be named in `.publisherignore`.",
        bad={**article("We refund within 14 days."), **_FORM},
        good={**article("![The form](form.svg)"), **_FORM},
    ),
}
