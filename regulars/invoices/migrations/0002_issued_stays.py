"""What was issued stays in the database as it was sent: its number, its words, its lines and its sums.

What still changes is what became of it (paid, void, mailed) and whose it is. Of somebody who is forgotten the name
moves into `sealed`, once.
"""

from typing import ClassVar

from django.db import migrations

GUARD = """
CREATE FUNCTION invoice_issued_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.state = 'draft' OR OLD.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed
        OR (NEW.id, NEW.store_id, NEW.kind, NEW.sequence, NEW.number, NEW.credits_id, NEW.source, NEW.source_id,
            NEW.source_number, NEW.currency, NEW.prices_include_tax, NEW.net_minor, NEW.tax_minor, NEW.total_minor,
            NEW.issued_on, NEW.due_on)
        IS DISTINCT FROM (OLD.id, OLD.store_id, OLD.kind, OLD.sequence, OLD.number, OLD.credits_id, OLD.source,
            OLD.source_id, OLD.source_number, OLD.currency, OLD.prices_include_tax, OLD.net_minor, OLD.tax_minor,
            OLD.total_minor, OLD.issued_on, OLD.due_on)
        OR NEW.sealed IS NULL AND (NEW.seller, NEW.bill_name, NEW.bill_address, NEW.bill_tax_id, NEW.note)
        IS DISTINCT FROM (OLD.seller, OLD.bill_name, OLD.bill_address, OLD.bill_tax_id, OLD.note)
    THEN
        RAISE EXCEPTION 'An issued invoice stays as it was sent.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_issued_stays BEFORE UPDATE OR DELETE ON invoices_invoice
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION invoice_issued_stays();

CREATE FUNCTION invoice_lines_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whole record;
BEGIN
    SELECT state, sealed INTO whole FROM invoices_invoice
        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END;
    IF whole.state <> 'draft' AND (TG_OP <> 'UPDATE' OR whole.sealed IS NULL
        OR (to_jsonb(NEW) - 'title') IS DISTINCT FROM (to_jsonb(OLD) - 'title'))
    THEN
        RAISE EXCEPTION 'The lines of an issued invoice stay as they were sent.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER invoice_lines_stay BEFORE INSERT OR UPDATE OR DELETE ON invoices_line
FOR EACH ROW EXECUTE FUNCTION invoice_lines_stay();
"""
NO_GUARD = """
DROP TRIGGER invoice_lines_stay ON invoices_line; DROP FUNCTION invoice_lines_stay();
DROP TRIGGER invoice_issued_stays ON invoices_invoice; DROP FUNCTION invoice_issued_stays();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(GUARD, NO_GUARD)]
