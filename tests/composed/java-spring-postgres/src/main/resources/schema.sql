create table if not exists visits (at timestamptz);
