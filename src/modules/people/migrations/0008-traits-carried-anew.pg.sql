-- ClickHouse has traits of before in another text (as Postgres writes them, with large numbers and half characters as
-- they came): everybody is carried there once more.
select tell_all_people(id) from person_followers where name = 'mirror';
