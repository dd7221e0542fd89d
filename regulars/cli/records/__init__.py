"""`regulars records`: list, show, act on, import and export records of any resource from the terminal."""
