"""Work that takes longer than a page: runs with progress, a cursor and counts, carried out by the worker."""
