"""How much of its record each run has, in SQL."""

from __future__ import annotations

from typing import Final

SEEDS: Final = ("seed", "random_seed", "rng_seed", "manual_seed", "global_seed")
"""Last parts of names of parameters that are the run's seed."""
COMMITS: Final = ("git_commit", "commit", "commit_hash", "git_hash", "git_sha", "git_rev", "git_revision", "sha")
"""Attributes under which logs without a `run` event tell the commit."""


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


# Of the files of a run the last one that speaks of a thing speaks for all of them.
RECORDED: Final = f"""
with said as (
    select run, coalesce(turn, 0) as turn,
        json_extract(facts, ['$.git', '$.data', '$.env', '$.seed', '$.user']) as part
    from shares left join share_turns using (run, file)
    where length(facts) > 2
),
told as (
    select run,
        arg_max(json_type(part[1]) = 'OBJECT' and length(part[1]) > 2, turn) as code,
        arg_max(case when json_type(part[2]) = 'ARRAY'
            then len(list_filter(part[2]::json[], lambda d: json_type(d) <> 'NULL')) > 0
            else part[2] is not null or null
        end, turn) as data,
        arg_max(json_type(part[3]) = 'OBJECT' and length(part[3]) > 2, turn) as env,
        bool_or(part[4] is not null) as seed,
        arg_max(part[5] ->> '$' <> '', turn) as owner
    from said group by run
),
given as (
    select run, true as params, bool_or(list_contains([{_listed(SEEDS)}], lower(split_part(key, '.', -1)))) as seed
    from sheet.params group by run
),
named as (
    select distinct run, true as code from sheet.attributes
    where key in ({_listed(COMMITS)}) and value not in ('null', '""', '0', 'false')
)
select run,
    coalesce(given.params, false)::integer
    + (coalesce(told.code, false) or coalesce(named.code, false))::integer
    + coalesce(data, false)::integer
    + coalesce(env, false)::integer
    + (coalesce(told.seed, false) or coalesce(given.seed, false))::integer
    + coalesce(owner, false)::integer as recorded
from sheet.runs left join told using (run) left join given using (run) left join named using (run)
"""
"""Rows of run and `recorded`: how many of the parts of RECORD its log tells. Needs the sheet."""
