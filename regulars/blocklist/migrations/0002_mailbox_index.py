"""Find a mailbox however its dots are set: see `providers.DOTLESS`. Built without holding up writes.

Only addresses of providers that ignore dots are in it, so that nobody else's import pays for it.
"""

from django.db import migrations

MAILBOX = "replace(split_part(split_part(email_key, '@', 1), '+', 1), '.', '')"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("blocklist", "0001_initial"), ("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"""CREATE INDEX CONCURRENTLY customer_mailbox ON customers_customer (store_id, ({MAILBOX}))
            WHERE email_key LIKE '%@gmail.com' OR email_key LIKE '%@googlemail.com'""",
            "DROP INDEX customer_mailbox",
        ),
    ]
