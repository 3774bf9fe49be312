"""Rules about files and folders: what can be read, and where it may lie."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.source.rulebook.rule import Rule, article

_GOOD = article("We refund within 14 days.")
_FRENCH = {
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "fr/billing/refunds.md": "# Remboursements\n\nNous remboursons sous 14 jours.\n",
}

RULES: Mapping[str, Rule] = {
    "content-empty": Rule(
        "warning",
        "The content folder holds no Markdown.",
        why="Nothing can be published from it. When articles were published from this folder "
        "before, a plan would take all of them for removed, so an empty folder is worth a look: "
        "perhaps the checkout is incomplete, or `content` in publisher.toml names the wrong one.",
        bad={"en/notes.txt": "We refund within 14 days.\n"},
        good=_GOOD,
    ),
    "content-missing": Rule(
        "error",
        "The content folder does not exist or cannot be read.",
        why="There is nothing to compare with the help center, and taking that for “everything "
        "was removed” would be the worst guess. So nothing is planned until the folder is there.",
        bad={"../publisher.toml": 'content = "articles"\n'},
        good=_GOOD,
    ),
    "encoding": Rule(
        "error",
        "A file is not UTF-8 text.",
        why="Read as anything else, accents and whole scripts would reach readers as wrong "
        "characters. Editors on Windows may save as UTF-16 or in a code page; saving the file "
        "again as UTF-8 mends it.",
    ),
    "file-empty": Rule(
        "error",
        "A Markdown file holds nothing.",
        why="An article must have a title, and a file that holds nothing has none. It is most "
        "often a save that went wrong or a file made to be written later, and its article would "
        "otherwise count as removed.",
        bad={"en/billing/refunds.md": ""},
        good=_GOOD,
    ),
    "ignore-invalid": Rule(
        "error",
        "A line of .publisherignore is not gitignore syntax.",
        why="When one pattern cannot be understood, no pattern of the file counts. Notes and "
        "drafts that it was meant to keep out would then be published.",
        bad={**_GOOD, ".publisherignore": "!\n"},
        good={**_GOOD, ".publisherignore": "drafts/\n"},
    ),
    "locale-not-listed": Rule(
        "warning",
        "A locale folder is not among the configured locales.",
        why="`locales` in publisher.toml says which languages are published, and this folder is "
        "none of them: its files are left out, whatever they say. Add the language when it is "
        "ready, or name the folder in .publisherignore when it should stay out.",
        bad={
            "../publisher.toml": 'locales = ["en"]\n',
            **_GOOD,
            **_FRENCH,
        },
        good={
            "../publisher.toml": 'locales = ["en", "fr"]\n',
            **_GOOD,
            **_FRENCH,
        },
    ),
    "locale-unknown": Rule(
        "error",
        "A folder with Markdown is named after no locale of Intercom.",
        why="The first folder of a path is the language of what lies in it, spelt as Intercom "
        "spells it: `en`, `fr`, `pt-BR`. Files in any other folder are in no language that "
        "Intercom knows, so they could not be published.",
        bad={**_GOOD, **{f"french{path[2:]}": text for path, text in _FRENCH.items()}},
        good={**_GOOD, **_FRENCH},
    ),
    "merge-conflict": Rule(
        "error",
        "A merge was not finished: Git's marks stand in the file.",
        why="Readers would see both versions of the sentence, with the lines of `<<<<<<<`, "
        "`=======` and `>>>>>>>` around them. Somebody has to decide which words stay.",
        bad=article(
            "<<<<<<< HEAD\nWe refund within 14 days.\n=======\nWe refund within 30 days.\n"
            ">>>>>>> new-terms"
        ),
        good=article("We refund within 30 days."),
    ),
    "name-unreadable": Rule(
        "error",
        "A file name holds control characters or is not Unicode.",
        why="The name becomes the key by which an article is known for good, in the ledger and "
        "in plans that people read. A name that cannot be shown cannot be reviewed either.",
    ),
    "outside-locale": Rule(
        "warning",
        "A Markdown file lies in no locale folder.",
        why="The folder says which language a text is in; a file beside the folders has none and "
        "is left out. If it is a note for the authors, such as a README, name it in "
        ".publisherignore.",
        bad={**_GOOD, "cards.md": "# Cards\n\nWe take all of them.\n"},
        good={**_GOOD, "en/billing/cards.md": "# Cards\n\nWe take all of them.\n"},
    ),
    "suffix-unknown": Rule(
        "warning",
        "A file that looks like Markdown but does not end in .md.",
        why="Only files that end in .md are read as articles. This one is most likely meant to "
        "be one and would be missing from the help center without a word.",
        bad={**_GOOD, "en/billing/cards.markdown": "# Cards\n\nWe take all of them.\n"},
        good={**_GOOD, "en/billing/cards.md": "# Cards\n\nWe take all of them.\n"},
    ),
    "symlink-loop": Rule(
        "error",
        "A symbolic link leads to a folder it lies in.",
        why="Following it would find the same articles again and again, each time under a longer "
        "path. It is not followed; remove the link.",
    ),
    "symlink-outside": Rule(
        "error",
        "A symbolic link leads out of the content folder, or nowhere.",
        why="If links were followed anywhere, a pull request could publish any file of the "
        "machine that runs the pipeline. Nothing outside the content folder is ever read.",
    ),
    "too-large": Rule(
        "error",
        "A Markdown file is larger than can be an article.",
        why="Nobody reads an article of more than 8 MB; such a file is a log, an export or an "
        "image written into the text. The limit is ours: Intercom documents none.",
    ),
    "unreadable": Rule(
        "error",
        "A file or folder cannot be read.",
        why="What lies there may be published already, and not being able to see it is no reason "
        "to take it away from readers. So it is an error instead of an absence. Check the "
        "permissions, and that it is a file.",
    ),
}
