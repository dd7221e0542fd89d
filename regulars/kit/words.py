"""Words for people: plain text, or text that is translated when it is shown."""

from django.utils.functional import Promise

Words = str | Promise
