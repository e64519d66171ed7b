-- Open pages look on at their own workspace's facts only.
create index facts_of_workspace on facts (workspace_id, place, id);
