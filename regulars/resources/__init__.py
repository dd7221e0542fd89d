"""The catalogue: fields and actions declared once, read by lists, records, API, CLI, import, export and docs."""
