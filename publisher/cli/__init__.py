"""The front door: commands in `main`, all wording in `show` and its neighbours."""
