-- What the index says, put together. Documented: runs, params, metrics. The others serve the answers.
-- `run` is the number of a run everywhere; its id and its name stand in `runs`.

-- One row a value.
create view points as
select run, octet * 8 as metric, file, line, step, time, coalesce(v0, 'nan'::double) as value, attempt, pass
from point_rows where has & 1 <> 0
union all
select run, octet * 8 + 1 as metric, file, line, step, time, coalesce(v1, 'nan'::double) as value, attempt, pass
from point_rows where has & 2 <> 0
union all
select run, octet * 8 + 2 as metric, file, line, step, time, coalesce(v2, 'nan'::double) as value, attempt, pass
from point_rows where has & 4 <> 0
union all
select run, octet * 8 + 3 as metric, file, line, step, time, coalesce(v3, 'nan'::double) as value, attempt, pass
from point_rows where has & 8 <> 0
union all
select run, octet * 8 + 4 as metric, file, line, step, time, coalesce(v4, 'nan'::double) as value, attempt, pass
from point_rows where has & 16 <> 0
union all
select run, octet * 8 + 5 as metric, file, line, step, time, coalesce(v5, 'nan'::double) as value, attempt, pass
from point_rows where has & 32 <> 0
union all
select run, octet * 8 + 6 as metric, file, line, step, time, coalesce(v6, 'nan'::double) as value, attempt, pass
from point_rows where has & 64 <> 0
union all
select run, octet * 8 + 7 as metric, file, line, step, time, coalesce(v7, 'nan'::double) as value, attempt, pass
from point_rows where has & 128 <> 0;

-- One row for each metric of a run. Of most runs, which have one file, it is that of the file.
-- What a sum of huge values comes to depends on their order, for it may pass through infinity: there is none.
create view summaries as
with merged as (
    select run, metric, count, nan, total, first, last, last_step, min, min_step, max, max_step
    from file_summaries anti join united using (run)
    union all
    from united_summaries
)
select * replace (case when greatest(abs(min), abs(max)) <= 1.79e308 / (count - nan) then total end as total) from merged;

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

-- The seconds that a run still takes, said or worked out, while it runs.
create macro eta_of(status, said, total_steps, step, steps_per_s) as
    case when status = 'running' then coalesce(said, (total_steps - step) / steps_per_s) end;

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

-- How deep a file lies: of configs the nearest to their log counts, and `.hydra` lies beside it.
create macro depth(path) as length(replace(path, '.hydra/', '')) - length(replace(replace(path, '.hydra/', ''), '/', ''));

-- Metrics by name; a declared goal or unit beats an inferred one. Where files say different things of a metric, the file
-- of which a run takes most, the deeper one, the one with the later path wins, and in it the later line. Settings win
-- over files of runs, and a user's own over a team's.
create view metric_names as
with sorts as (
    select name, min(goal) as goal, min(unit) as unit, min(goal) <> max(goal) or min(unit) <> max(unit) as disputed
    from declared group by name
),
turns as (
    select d.name, d.goal, d.unit, row_number() over (
        order by kind = 'settings', kind = 'settings' and path like '/%', rank desc, depth(path), path, line, d.goal, d.unit
    ) as turn
    from declared as d join files using (file)
    where d.name in (select name from sorts where disputed)
),
said as (
    select name, goal, unit from sorts where disputed is not true
    union all
    select name, arg_max(goal, turn), arg_max(unit, turn) from turns group by name
)
select metric, name, coalesce(said.goal, known.goal) as goal, said.unit as unit
from known_metrics as known left join said using (name);

-- The shortest end of a run's id in which no other run's id ends; the whole id where there is none.
create view short_names as
with here as (from identities semi join shares using (run)),
alike as (select leaf from here group by leaf having count(*) > 1),
parts as (select run, string_split(id, '/') as part from here semi join alike using (leaf)),
sized as (select run, part, unnest(range(1, len(part) + 1)) as size from parts),
tails as (
    select any_value(run) as run, any_value(size) as size, array_to_string(part[-size:], '/') as tail
    from sized group by tail having count(*) = 1
),
shortest as (select run, arg_min(tail, size) as tail from tails group by run)
select run, id, leaf as short_name from here anti join alike using (leaf)
union all
select run, id, coalesce(tail, id) from here semi join alike using (leaf) left join shortest using (run);

-- Names that logs give to more than one run, or to one while another's id ends so.
create view shared_names as
with given as (select distinct run, name from shares where name is not null)
select name from given group by name having count(*) > 1
union
select name from given join identities as i on i.leaf = given.name and i.run <> given.run
    semi join shares on shares.run = i.run;

-- What a run is called where logs give no names, and what stands behind the name that its log gives it.
create view plain_names as select run, id, short_name, '' as suffix from short_names;

create view told_apart_names as
with shared as (select distinct run from shares semi join shared_names using (name))
select run, id, short_name, case when shared.run is null then '' else concat(' (', short_name, ')') end as suffix
from short_names left join shared using (run);

-- In which order the files of a run speak, where it has several; the later one wins. That is a matter of what they hold
-- and where they lie, never of which was found first: the file of which the run takes most, then the one that began last
-- by the clock, the deeper one, the one with the later path.
create view share_turns as
with several as (select run from shares group by run having count(*) > 1)
select run, file, coalesce(rank, 0)::integer as rank,
    row_number() over (
        partition by run
        order by rank desc, case when not estimated then started end nulls first, depth(path), path
    ) as turn
from shares semi join several using (run) left join files using (file);

-- Runs that have one file each, as most have.
create view lone_runs as
select
    run, name as given_name, group_name, case when len(tags) > 0 then tags end as tags,
    notes, hypothesis, total_steps, percent, eta_s, started, updated, estimated, step,
    attempt::integer + 1 as attempts,
    coalesce(expect_s, greatest(60, 3 * gap_s)) as stale_after,
    heard, grown, end_status, false as taken_up, exit_code, error, traceback,
    coalesce(crashed and pid is not null, false) as crashed,
    host, pid, [facts] as facts
from shares;

-- A run as the merge of its shares: later files win, silence is over when any file grows.
create view merged_runs as
from lone_runs anti join share_turns using (run)
union all
select
    run,
    arg_max(name, turn) as given_name,
    arg_max(group_name, turn) as group_name,
    list_sort(list_distinct(flatten(list(tags) filter (tags <> [])))) as tags,
    arg_max(notes, turn) as notes,
    arg_max(hypothesis, turn) as hypothesis,
    max(total_steps) as total_steps,
    arg_max(percent, {'h': heard, 't': turn}) as percent,
    arg_max(eta_s, {'h': heard, 't': turn}) as eta_s,
    -- What tells the time best: a clock, else the log that a summary or a checkpoint only repeats.
    coalesce(min(started) filter (where not estimated),
        min({'rank': rank, 'at': started}) filter (where started is not null).at) as started,
    coalesce(max(updated) filter (where not estimated),
        max({'rank': -rank, 'at': updated}) filter (where updated is not null).at) as updated,
    bool_and(estimated) as estimated,
    coalesce(max(step) filter (where stepped), max(step)) as step,
    max(attempt)::integer + 1 as attempts,
    max(coalesce(expect_s, greatest(60, 3 * gap_s))) as stale_after,
    max(heard) as heard,
    arg_max(grown, {'h': heard, 't': turn}) as grown,
    -- The last end counts, unless a process that ran beside that one failed: what killed the others then is no cause.
    case when max(updated) filter (where end_word(end_status, exit_code) = 'failed')
            >= arg_max(started, {'u': coalesce(updated, 0), 't': turn}) filter (where end_status is not null)
        then 'failed' else arg_max(end_status, {'u': coalesce(updated, 0), 't': turn}) end as end_status,
    -- A process that began after the last end has taken the run up again.
    coalesce(max(started) filter (where end_status is null and not estimated)
        > max(updated) filter (where end_status is not null), false) as taken_up,
    arg_max(exit_code, turn) as exit_code,
    arg_max(error, turn) as error,
    arg_max(traceback, turn) as traceback,
    -- One dead helper does not make a dead run: all processes that are known must be gone.
    coalesce(bool_or(crashed) and bool_and(crashed) filter (where pid is not null), false) as crashed,
    arg_max(host, turn) as host,
    arg_max(pid, turn) as pid,
    list(facts order by turn) as facts
from shares join share_turns using (run, file) group by run;

-- What becomes of a run's tags when some are added and others removed; null where none are left.
create macro tags_after(tags, added, removed) as nullif(
    list_sort(list_distinct(list_concat(
        list_filter(tags, lambda tag: not list_contains(coalesce(removed, []), tag)), coalesce(added, [])
    ))), []
);

-- What is known of every run of a view, called as another one says, whatever the time is.
create macro facts_of_runs(source, names) as table
with ends as (
    select *, case when not taken_up then end_word(end_status, exit_code) end as ended from query_table(source)
)
select
    run, id,
    coalesce(given_name || case when given_name = short_name then '' else suffix end, short_name) as name,
    started, updated, updated - started as duration, estimated, step, total_steps,
    -- Steps are counted from 0 as often as from 1: the last of 100 may be 99.
    case when ended = 'finished' and step + 1 >= total_steps and total_steps > 0 then 1
         when total_steps > 0 and step is not null then least(greatest(step / total_steps, 0), 1)
         when percent is not null then least(greatest(percent / 100, 0), 1) end as progress,
    eta_s,
    case when attempts = 1 and updated > started and step > 0 then step / (updated - started) end as steps_per_s,
    attempts, group_name,
    case when said.run is null then tags when tags is null then said.added
         else tags_after(tags, said.added, said.removed) end as tags,
    case when said.notes is null then ends.notes else concat_ws(chr(10), ends.notes, said.notes) end as notes,
    coalesce(said.hypothesis, ends.hypothesis) as hypothesis,
    error, traceback, exit_code, host, pid, facts,
    said.verdict, coalesce(said.hidden, false) as hidden,
    ended, crashed or traceback is not null as dead, coalesce(step >= total_steps or percent >= 100, false) as complete,
    heard, stale_after, grown
from ends join query_table(names) using (run) left join annotated as said using (run);

-- How they stand at a moment (seconds since the epoch).
create macro runs_from(source, names, moment) as table
with judged as (
    select *, status_of(ended, dead, complete, moment - heard, stale_after, grown) as status
    from facts_of_runs(source, names)
)
select * exclude (ended, dead, complete, heard, stale_after, grown, eta_s),
    eta_of(status, eta_s, total_steps, step, steps_per_s) as eta
from judged;

-- Events of runs, and what is said of them.
create view timeline as
select run, file, line, time, event, text, data from events
union all
select run, file, line, time, event, text, data from annotations where run is not null;

create macro runs_at(moment) as table from runs_from('merged_runs', 'told_apart_names', moment);

create view runs as
select
    run, id, name, status, started, updated, duration, estimated, step, total_steps, progress, eta, steps_per_s, attempts,
    group_name, tags, notes, hypothesis, error, traceback, exit_code, host, pid, verdict, hidden
from runs_at(epoch(now()));

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
    select run, file, key, cast(to_json(value) as varchar) as value, count, changed, is_id, false as of_event from attributes
    union all
    select run, file, said.key, cast(said.value as varchar), 0, false, false, true
    from (select run, file, facts from shares where contains(facts, '"attributes"')),
        json_each(facts, '$.attributes') as said
)
select run, key, arg_max(value, 2 * coalesce(turn, 0) + of_event::integer) as value, sum(count) as count,
    bool_or(changed) or min(value) <> max(value) as changed, bool_or(is_id) as is_id
from said left join share_turns using (run, file) group by run, key;

-- Values of lines that never change.
create view constants as
select run, name as key, number_json(min) as value
from summaries join metric_names using (metric)
where count >= 2 and nan = 0 and min = max and goal is null and not is_axis(name)
union all
select run, key, cast(to_json(min(value)) as varchar)
from attributes where key <> 'event' group by run, key
having sum(count) >= 2 and not bool_or(changed or is_id) and min(value) = max(value);

-- Runs all of whose files are gone; they keep their numbers.
create view gone_runs as select run from identities anti join shares using (run);

-- Values in names that tell siblings apart.
create view telling_codes as
with varying as (
    select folder, key from name_codes anti join gone_runs using (run)
    group by folder, key having min(value) <> max(value)
)
select run, key, case when json_valid(value) then value else cast(to_json(value) as varchar) end as value
from name_codes semi join varying using (folder, key) anti join gone_runs using (run);

-- What a number of the source, the file and the line of a parameter is: the highest wins. All fit into a double.
create macro param_place(source, turn, line) as
    1e15 * list_position(['config', 'header', 'line', 'run'], source)
    + case source when 'config' then line else 1e10 * least(coalesce(turn, 0), 99999) + least(line, 9999999999) end;

-- Runs of which one line says all params, as most do: they are what it says, and nothing has to be put together.
create view plainly_said as
select run from said_params anti join gone_runs using (run) group by run
having min(file) = max(file) and min(line) = max(line) and min(source) = max(source);

-- One value a run and key; `value` is JSON. What lines and configs say wins over what stands still in the lines, and that
-- over the name. Of the sources `run` wins, then `line`, `header`, `config`; in it the file as in `share_turns`, and in that
-- the latest line. Of configs the line says how near they lie.
create view run_params as
with plain as materialized (from plainly_said),
derived as (
    select run, key, value, 'constant' as source, 2 as place from constants
    union all
    select run, key, value, 'name', 1 from telling_codes
),
said as (
    select run, key, value, source, param_place(source, turn, line) as place
    from said_params anti join plain using (run) anti join gone_runs using (run)
        left join share_turns using (run, file)
    union all
    select run, key, value, source, place
    from derived anti join (select run, key from said_params semi join plain using (run)) using (run, key)
)
select run, key, value, source, false as changed from said_params semi join plain using (run)
union all
select run, key, arg_max(value, place) as value, arg_max(source, place) as source,
    coalesce(case arg_max(source, place)
        when 'run' then min(value) filter (source = 'run') <> max(value) filter (source = 'run')
        when 'line' then min(value) filter (source = 'line') <> max(value) filter (source = 'line')
        when 'header' then min(value) filter (source = 'header') <> max(value) filter (source = 'header')
        when 'config' then min(value) filter (source = 'config') <> max(value) filter (source = 'config')
    end, false) as changed
from said group by run, key;

create view params as
select run, key, json_text(value) as value, json_number(value) as number, source, changed from run_params;
