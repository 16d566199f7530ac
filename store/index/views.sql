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
create macro status_of(ended, crashed, complete, silence, stale_after, grown) as case
    when ended is not null then ended
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
create macro is_axis(name) as name like 'system/%' or name like 'system.%' or regexp_matches(
    lower(name),
    '^(.*/)?(_?step|steps|global_?step|global_step/max_steps|current_steps?|step_count|total_steps|max_steps|iter'
    || '|iterations?|num_updates|(train|valid)_num_updates|training_iteration|total_timesteps|timesteps_total|updates?'
    || '|batch|batch_idx|round|epochs?|episodes?|percentage|progress|(total_)?tokens(_seen)?|samples_seen'
    || '|_?timestamp|ts|time|datetime|date|_?runtime|elapsed(_time)?|time_total_s|time_elapsed|time_this_iter_s'
    || '|wall|wall_?time(_sec|_s)?|duration(_s)?|seconds|remaining_time|eta|eta_seconds)$'
);

-- The shortest end of a run's id in which no other run's id ends; the whole id where there is none.
create view short_names as
with here as (from identities semi join shares using (run)),
parts as (select run, string_split(id, '/') as part from here),
sized as (select run, part, unnest(range(1, len(part) + 1)) as size from parts),
tails as (
    select any_value(run) as run, any_value(size) as size, array_to_string(part[-size:], '/') as tail
    from sized group by tail having count(*) = 1
),
shortest as (select run, arg_min(tail, size) as tail from tails group by run)
select run, id, coalesce(tail, id) as short_name from here left join shortest using (run);

-- A run as the merge of its shares: later files win, silence is over when any file grows.
create view merged_runs as
select
    run,
    arg_max(name, file) as given_name,
    arg_max(group_name, file) as group_name,
    list_sort(list_distinct(flatten(list(tags) filter (where tags <> [])))) as tags,
    arg_max(notes, file) as notes,
    arg_max(hypothesis, file) as hypothesis,
    max(total_steps) as total_steps,
    arg_max(percent, heard) as percent,
    arg_max(eta_s, heard) as eta_s,
    -- What tells the time best: a clock, else the log that a summary or a checkpoint only repeats.
    coalesce(min(started) filter (where not estimated),
        min({'rank': rank, 'at': started}) filter (where started is not null).at) as started,
    coalesce(max(updated) filter (where not estimated),
        max({'rank': -rank, 'at': updated}) filter (where updated is not null).at) as updated,
    bool_and(estimated) as estimated,
    coalesce(max(step) filter (where stepped), max(step)) as step,
    max(attempt) + 1 as attempts,
    max(coalesce(expect_s, greatest(60, 3 * gap_s))) as stale_after,
    max(heard) as heard,
    arg_max(grown, heard) as grown,
    arg_max(end_status, coalesce(updated, 0)) as end_status,
    -- A process that began after the last end has taken the run up again.
    coalesce(max(started) filter (where end_status is null and not estimated)
        > max(updated) filter (where end_status is not null), false) as taken_up,
    arg_max(exit_code, file) as exit_code,
    arg_max(error, file) as error,
    arg_max(traceback, file) as traceback,
    -- One dead helper does not make a dead run: all processes that are known must be gone.
    coalesce(bool_or(crashed) and bool_and(crashed) filter (where pid is not null), false) as crashed,
    arg_max(host, file) as host,
    arg_max(pid, file) as pid,
    list(facts order by file) as facts
from (select shares.*, coalesce(files.rank, 0)::integer as rank from shares left join files using (file)) group by run;

-- Every run as it stands at a moment (seconds since the epoch).
create macro runs_at(moment) as table
with judged as (
    select *,
        case when total_steps > 0 and step is not null then least(greatest(step / total_steps, 0), 1)
             when percent is not null then least(greatest(percent / 100, 0), 1) end as progress,
        case when attempts = 1 and updated > started and step > 0 then step / (updated - started) end as steps_per_s,
        status_of(
            case when not taken_up then end_word(end_status, exit_code) end, crashed or traceback is not null,
            coalesce(step >= total_steps or percent >= 100, false), moment - heard, stale_after, grown
        ) as status
    from merged_runs
)
select
    run, id, coalesce(given_name, short_name) as name, status, started, updated, updated - started as duration,
    estimated, step, total_steps, progress,
    case when status <> 'running' then null
         else coalesce(eta_s, (total_steps - step) / steps_per_s) end as eta,
    steps_per_s, attempts, group_name, tags, notes, hypothesis, error, traceback, exit_code, host, pid, facts
from judged join short_names using (run);

create view runs as
select * exclude (facts) from runs_at(epoch(now()));

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
select run, key, cast(to_json(min(value)) as varchar)
from attributes where key <> 'event' group by run, key
having sum(count) >= 2 and not bool_or(changed or is_id) and min(value) = max(value);

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
