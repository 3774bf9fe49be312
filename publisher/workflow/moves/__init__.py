"""Move things to other keys, as if they had always been there."""
