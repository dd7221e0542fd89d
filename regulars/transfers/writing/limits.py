"""How many rows a file of a format holds, known without loading what writes it."""

ROWS_OF_AN_XLS_SHEET = 65_536
# Four sheets: about 290 MB of memory.
MOST_ROWS_OF_XLS = 4 * (ROWS_OF_AN_XLS_SHEET - 1)
# A list of 1,500 pages: nobody prints more, and the pages are kept in memory until the last is counted.
MOST_ROWS_OF_PDF = 50_000
