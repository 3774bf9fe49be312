"""What the pages are about: a small help center in three languages, one of them from the right."""

from __future__ import annotations

SETTINGS = """\
default_locale = "en"
locales = ["en", "fr", "ar"]
editor = "vscode"
default_target = "local"

[lint]  # the translations here are shorter than their sources, on purpose
parity-code = "off"
parity-headings = "off"
parity-images = "off"
parity-links = "off"
parity-placeholders = "off"
parity-steps = "off"

[targets.local]
kind = "local"
"""

FILLER = "\n\n".join(
    f"Paragraph {number} says at some length what happens to a payment on day {number}, so that "
    "there is something to scroll through, on a phone as well as on a wide screen."
    for number in range(1, 31)
)
COLUMNS = ("Country", "Currency", "Standard", "Express", "Weekend", "Returns", "Insurance", "Limit")
TABLE = "\n".join(
    f"| {' | '.join(row)} |"
    for row in (
        COLUMNS,
        ("---",) * len(COLUMNS),
        *(
            (country, "Euro", "5 working days", "2 working days", "not available", *("free",) * 3)
            for country in ("Austria", "Belgium", "Denmark")
        ),
    )
)
REFUNDS = f"""\
---
title: Ask for a refund
description: Getting your money back.
---

You have 14 days. See [invoices](invoices.md) and [the fees](../orders/cancel.md#fees).

## Before you begin

> [!NOTE]
> Have the number of your order ready.

> [!WARNING]
> A gift card cannot be paid out.

{TABLE}

## How long it takes

{FILLER}

:::collapsible title="And on weekends?"
Banks rest on weekends. Count working days.
:::

## From the command line

```sh
refund --order 4711 --reason "it was broken" --amount 12.50 --currency EUR --notify me@example.com
```

- One
- Two
    - Two and a half

https://www.youtube.com/watch?v=aqz-KE-bpKQ

:::button href="https://example.com/orders" label="To your orders"
:::
"""
FILES: dict[str, str] = {
    "en/billing/_index.md": "---\ntitle: Billing\ndescription: Money and how to pay.\n---\n",
    "fr/billing/_index.md": "---\ntitle: Facturation\n---\n",
    "ar/billing/_index.md": "---\ntitle: الفواتير\n---\n",
    "en/billing/refunds.md": REFUNDS,
    "fr/billing/refunds.md": (
        "---\ntitle: Demander un remboursement\n---\n\nVous avez 14 jours.\n\n"
        "## Avant de commencer\n\nAyez votre numéro.\n\n## Le délai\n\nCinq jours.\n"
    ),
    "ar/billing/refunds.md": (
        "---\ntitle: طلب استرداد\n---\n\nلديك أربعة عشر يومًا.\n\n## قبل أن تبدأ\n\n"
        f"جهّز رقم طلبك.\n\n- واحد\n- اثنان\n\n{TABLE}\n\n## كم يستغرق\n\nخمسة أيام.\n"
    ),
    "en/billing/invoices.md": (
        "---\ntitle: Find an invoice\ndescription: Where they are.\n---\n\nEvery month.\n"
    ),
    "fr/billing/invoices.md": "---\ntitle: Trouver une facture\n---\n\nChaque mois.\n",
    "en/orders/_index.md": "---\ntitle: Orders\ndescription: Before and after.\n---\n",
    "fr/orders/_index.md": "---\ntitle: Commandes\n---\n",
    "en/orders/cancel.md": (
        "---\ntitle: Cancel an order\n---\n\nUntil it is sent.\n\n## Fees\n\nNone.\n"
    ),
    "en/orders/tracking/_index.md": "---\ntitle: Tracking\n---\n",
    "en/orders/tracking/where.md": (
        "---\ntitle: Where is my parcel\nstate: draft\n---\n\nLook at the zebra map.\n"
    ),
    "fin/handbook/_source.md": "---\nurl: https://handbook.example.com\n---\n",
    "fin/handbook/en/facts.md": "---\ntitle: Facts for Fin\n---\n\nWe have 40 colleagues.\n",
}
BROKEN = "---\ntitle: [Ask for a refund\n---\n\nNobody can read this.\n"
