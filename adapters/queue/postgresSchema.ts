/** The tables of rollouts. Plans, machines and records are JSON text: what is read is what was written. */
export const postgresSchema = `
begin;
select pg_advisory_xact_lock(hashtext('plugin_flow'));
create schema if not exists plugin_flow;
create table if not exists plugin_flow.rollout (
  id text primary key,
  number bigserial,
  plan text not null,
  version integer not null default 0,
  saved text,
  writer text,
  sequence bigint not null default 0
);
create table if not exists plugin_flow.target (
  rollout text not null,
  index integer not null,
  record text not null,
  sequence bigint not null default 0,
  primary key (rollout, index)
);
create index if not exists target_sequence on plugin_flow.target (rollout, sequence);
create table if not exists plugin_flow.rollout_zone (
  rollout text not null,
  name text not null,
  primary key (rollout, name)
);
create table if not exists plugin_flow.lease (
  engine text primary key,
  claim text not null,
  token bigint not null,
  until timestamptz not null
);
create sequence if not exists plugin_flow.token;
create table if not exists plugin_flow.question (
  id text primary key,
  zone text,
  question text not null,
  answer text,
  free timestamptz not null default clock_timestamp(),
  until timestamptz not null
);
commit`
