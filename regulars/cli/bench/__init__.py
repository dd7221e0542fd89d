"""`regulars bench`: how fast this machine serves a large store, against the budget the project has set itself."""
