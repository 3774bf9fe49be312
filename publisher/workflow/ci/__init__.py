"""What jobs do with nobody there to ask: apply what was merged, propose, comment."""
