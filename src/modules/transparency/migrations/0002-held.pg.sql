-- Why a log does not go on, as the process that should follow it found out: {why, known, public}; null while all is well.
alter table transparency_logs add column held jsonb;
