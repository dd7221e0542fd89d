"""Moving records in and out: import of any resource from files, export of any query to files."""
