-- Lets a workspace's transaction enqueue a job without giving it any right on the jobs of others.
create function pando.enqueue_job(
  identifier text, payload json, queue text, run_at timestamptz, max_attempts int, job_key text, priority int
) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_job(identifier, payload, queue, run_at, max_attempts, job_key, priority);
end
$$;

revoke execute on function pando.enqueue_job(text, json, text, timestamptz, int, text, int) from public;
grant execute on function pando.enqueue_job(text, json, text, timestamptz, int, text, int) to pando_app;
