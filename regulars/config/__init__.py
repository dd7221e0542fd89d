"""Settings, URLs and start-up: the only place that knows every part."""
