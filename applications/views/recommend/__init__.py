"""/recommend/: the recommending unit's pages, from the first screening to the submitted list."""
