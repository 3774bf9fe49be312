"""What jobs do with nobody there to ask, and the pipelines that run them."""
