-- Whom it was is nobody's to know; a person's id tells when they came.
alter table erasures drop column person_id;
