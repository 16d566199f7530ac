-- What the index says, put together. Documented: runs, params, metrics. The others serve the answers.
-- `run` is the number of a run everywhere; its id and its name stand in `runs`.

-- The words of MLflow and W&B for how a run ended, and their relatives, as ours; null: it goes on.
create macro end_word(word, exit_code) as case
    when word is null or lower(word) in ('running', 'scheduled', 'pending', 'queued', 'started') then null
    when lower(word) in ('finished', 'success', 'succeeded', 'completed', 'complete', 'done', 'ok') then 'finished'
    when lower(word) in ('failed', 'failure', 'error') then 'failed'
    when lower(word) in ('killed', 'canceled', 'cancelled', 'aborted', 'stopped', 'interrupted', 'preempted') then 'killed'
    when lower(word) = 'crashed' then 'crashed'
    when exit_code = 0 then 'finished'
    when exit_code <> 0 then 'failed'
    else 'ended'
end;

-- The status of a run from what its shares say and the seconds since it was last heard.
create macro status_of(end_status, crashed, complete, silence, stale_after, grown) as case
    when end_status is not null then end_status
    when crashed then 'crashed'
    when complete then 'finished'
    when silence > 10 * stale_after or (silence > stale_after and not grown) then 'ended'
    when silence > stale_after then 'stale'
    else 'running'
end;

-- A number as the log would have written it: 64, not 64.0.
create macro number_json(number) as case
    when abs(number) < 9007199254740992 and number = trunc(number) then cast(cast(number as bigint) as varchar)
    else cast(to_json(number) as varchar)
end;

-- The text of a JSON value: a string without its quotes.
create macro json_text(value) as case when value like '"%' then json_extract_string(value, '$') else value end;

-- A JSON value as a number, also where it was logged as text; null when it is none.
create macro json_number(value) as try_cast(trim(value, '"') as double);

-- Metrics that count or time are no parameters, even where they stand still.
create macro is_axis(name) as name like 'system/%' or regexp_matches(
    lower(name),
    '^(.*/)?(_?step|steps|global_?step|global_step/max_steps|current_steps?|step_count|total_steps|max_steps|iter'
    || '|iterations?|num_updates|(train|valid)_num_updates|training_iteration|total_timesteps|timesteps_total|updates?'
    || '|batch|batch_idx|round|epochs?|episodes?|percentage|progress|(total_)?tokens(_seen)?|samples_seen'
    || '|_?timestamp|ts|time|datetime|date|_?runtime|elapsed(_time)?|time_total_s|time_elapsed|time_this_iter_s'
    || '|wall|wall_?time(_sec|_s)?|duration(_s)?|seconds|remaining_time|eta|eta_seconds)$'
);

-- The shortest end of a run's id that no other run's id ends in; the whole id where there is none.
create view short_names as
with parts as (
    select run, id, string_split(id, '/') as part from identities where run in (select run from shares)
),
tails as (
    select run, size, array_to_string(part[-size:], '/') as tail from parts, unnest(range(1, len(part) + 1)) as t(size)
),
counted as (select run, size, tail, count(*) over (partition by tail) as runs from tails)
select run, coalesce(arg_min(tail, size) filter (where runs = 1), arg_max(tail, size)) as name
from counted group by run;

-- A run as the merge of its shares: later files win, silence is over when any file grows.
create view merged_runs as
with last_end as (
    select run, max(updated) as ended from shares where end_word(end_status, exit_code) is not null group by run
)
select
    run,
    arg_max(name, file) as given_name,
    arg_max(group_name, file) as group_name,
    list_distinct(flatten(list(tags order by file) filter (where tags is not null))) as tags,
    arg_max(notes, file) as notes,
    arg_max(hypothesis, file) as hypothesis,
    max(total_steps) as total_steps,
    arg_max(percent, heard) as percent,
    arg_max(eta_s, heard) as eta_s,
    coalesce(min(started) filter (where not estimated), min(started)) as started,
    coalesce(max(updated) filter (where not estimated), max(updated)) as updated,
    coalesce(bool_and(estimated), true) as estimated,
    max(step) as step,
    coalesce(max(attempt), 0) + 1 as attempts,
    coalesce(bool_or(resumed), false) as resumed,
    greatest(max(coalesce(expect_s, greatest(60, 3 * gap_s)))) as stale_after,
    max(heard) as heard,
    coalesce(arg_max(grown, heard), false) as grown,
    -- A process that began after the last end has taken the run up again.
    case when coalesce(bool_or(started > ended and not estimated and end_status is null), false) then null
         else arg_max(end_word(end_status, exit_code), coalesce(updated, 0)) end as end_status,
    arg_max(exit_code, file) as exit_code,
    arg_max(error, file) as error,
    arg_max(traceback, file) as traceback,
    -- One dead helper does not make a dead run: all processes that are known must be gone.
    coalesce(bool_or(traceback is not null)
        or (bool_or(crashed) and not coalesce(bool_or(pid is not null and not coalesce(crashed, false)), false)),
        false) as crashed,
    arg_max(host, file) as host,
    arg_max(pid, file) as pid,
    list(facts order by file) filter (where facts is not null) as facts
from shares left join last_end using (run)
group by run;

-- Every run as it stands at a moment (seconds since the epoch).
create macro runs_at(moment) as table
with judged as (
    select *,
        case when total_steps > 0 and step is not null then least(greatest(step / total_steps, 0), 1)
             when percent is not null then least(greatest(percent / 100, 0), 1) end as progress,
        case when attempts = 1 and updated > started and step > 0 then step / (updated - started) end as steps_per_s,
        status_of(end_status, crashed, coalesce(step >= total_steps or percent >= 100, false),
                  moment - heard, stale_after, grown) as status
    from merged_runs
)
select
    run, id, coalesce(given_name, short_names.name) as name, status, started, updated, updated - started as duration,
    estimated, step, total_steps, progress,
    case when status <> 'running' then null
         else coalesce(eta_s, (total_steps - step) / steps_per_s) end as eta,
    steps_per_s, attempts, resumed, group_name, tags, notes, hypothesis, error, traceback, exit_code, host, pid, facts
from judged join identities using (run) join short_names using (run);

create view runs as
select * exclude (facts, resumed) from runs_at(epoch(now()));

create view metrics as
select
    run, name as metric, last, min, max,
    case when count > nan then total / (count - nan) end as mean,
    first,
    case goal when 'min' then min when 'max' then max end as best,
    case goal when 'min' then min_step when 'max' then max_step end as best_step,
    last_step as step, count, goal, nan, min_step, max_step
from summaries join metric_names using (metric);

-- Attributes of a run, as JSON: what its last file says; a `run` event speaks for its whole file.
create view run_attributes as
with said as (
    select run, file, key, cast(to_json(value) as varchar) as value, count, changed, is_id from attributes
    union all
    select run, file, said.key, cast(said.value as varchar), 0, false, false
    from (select run, file, facts from shares where contains(facts, '"attributes"')),
        json_each(facts, '$.attributes') as said
)
select run, key, arg_max(value, file) as value, sum(count) as count,
    bool_or(changed) or min(value) <> max(value) as changed, bool_or(is_id) as is_id
from said group by run, key;

-- Values of lines that never change.
create view constants as
select run, name as key, number_json(min) as value
from summaries join metric_names using (metric)
where count >= 2 and nan = 0 and min = max and goal is null and not is_axis(name)
union all
select run, key, value
from run_attributes where count >= 2 and not changed and not is_id and key <> 'event';

-- Values in names that tell siblings apart.
create view telling_codes as
with varying as (select folder, key from name_codes group by folder, key having min(value) <> max(value))
select run, key, case when json_valid(value) then value else cast(to_json(value) as varchar) end as value
from name_codes semi join varying using (folder, key);

-- One value a run and key; `value` is JSON. The first source of the list below wins, in it the latest line of the last file.
create view run_params as
with said as (
    select run, key, value, source, file * 1e9 + line as place from said_params
    union all
    select run, key, value, 'constant', 0 from constants
    union all
    select run, key, value, 'name', 0 from telling_codes
),
by_source as (
    select run, key, source, arg_max(value, place) as value, min(value) <> max(value) as changed,
        list_position(['name', 'constant', 'config', 'header', 'line', 'run'], source) as weight
    from said group by run, key, source
)
select run, key, arg_max(value, weight) as value, arg_max(source, weight) as source, arg_max(changed, weight) as changed
from by_source group by run, key;

create view params as
select run, key, json_text(value) as value, json_number(value) as number, source, changed from run_params;
