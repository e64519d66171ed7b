-- Links by which somebody without a login sees a board. Of the token only its hash is kept; withdrawing a link deletes it.
create table board_links (
  workspace_id int not null,
  uuid uuid not null,
  board_id int not null,
  token_hash text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (workspace_id, uuid),
  foreign key (workspace_id, board_id) references boards on delete cascade
);
create unique index board_links_by_token on board_links (token_hash);
create index board_links_by_board on board_links (workspace_id, board_id);
select pando.protect('board_links');
