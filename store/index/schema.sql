-- The index: a cache of what the files say. It can be deleted at any time and is rebuilt from them.
-- No primary keys: DuckDB's indexes cost more than the scans they save, and forbid delete-and-insert in one transaction.
-- Any change here makes an index of another version: it is then built anew.

create table meta (key varchar, value varchar);

-- One row a file that was ever looked at.
create table files (
    file integer,
    path varchar,             -- relative to the watched root, "/" between parts; whole where it lies elsewhere
    kind varchar,             -- what the file was taken for: a dialect's kind, 'config', 'annotations', 'settings', 'none', 'undecided'
                              -- (no log, so far)
    rank utinyint,            -- of the files of a run a higher one adds only the metrics that no lower one has
    device ubigint,
    inode ubigint,
    size ubigint,             -- bytes when last looked at
    mtime double,             -- seconds since the epoch
    position ubigint,         -- bytes read so far, always the end of a whole line
    lines ubigint,
    events ubigint,           -- lines that gave anything
    skipped ubigint,          -- lines that hold nothing to read and are no error
    state varchar             -- the reader's memory of the file (JSON), committed with the rows it produced
);

-- A line that could not be read. `position` is the byte at which it begins, `line` counts from 1.
create table rejected (file integer, line ubigint, position ubigint, reason varchar);

-- The stable identity of a run; `run` is also its order of first appearance and so its colour for ever.
create table identities (
    run integer,
    id varchar,               -- path relative to the root
    folder varchar,           -- the part before the last "/": siblings share it
    leaf varchar              -- the last part
);

-- What one file contributes to one run. A run is the merge of its shares, later files winning: see `share_turns`.
create table shares (
    run integer,
    file integer,
    name varchar,             -- an explicit display name
    group_name varchar,
    parent varchar,
    tags varchar[],           -- each once, in order
    notes varchar,
    hypothesis varchar,
    total_steps double,
    percent double,           -- progress, 0 to 100, where the log says so
    eta_s double,             -- time left as the log says, seconds
    started double,           -- seconds since the epoch
    updated double,           -- time of the last line
    estimated boolean,        -- no clock in the log: times are guesses
    step double,              -- of the last line, on the run's main axis
    stepped boolean,          -- that axis has steps; without any, lines are counted
    attempt usmallint,        -- of the last line, from 0
    resumed boolean,          -- some steps were written twice: the later pass wins
    gap_s double,             -- the longest silence between two lines, seconds
    expect_s double,          -- "you hear from me again within", seconds
    heard double,             -- reader's clock at the last growth it saw; the file's mtime when first opened
    grown boolean,            -- growth was seen, so `heard` is the reader's clock
    end_status varchar,       -- of the `end` event: finished, failed, killed
    exit_code integer,
    error varchar,
    traceback varchar,
    host varchar,
    pid integer,
    pid_started double,
    crashed boolean,          -- this host, and the process is gone
    still ubigint,            -- a checksum of what seldom changes: all but what `shares.py` calls moving
    facts varchar,            -- everything else a `run` event said, as one JSON object: git, data, env, hardware, command ...
    state varchar             -- the reader's memory of this run in this file (JSON), committed with the rows it produced
);

create table known_metrics (
    metric integer,
    name varchar,
    goal varchar              -- 'min', 'max' or null, inferred from the name
);

-- What `metric` events and settings say, for all runs; it holds as long as the file does.
create table declared (file integer, line ubigint, name varchar, goal varchar, unit varchar);

-- The values of a line. The metrics of a row are those whose numbers, divided by 8, are `octet`; the remainder is the
-- slot, and `has` has its bit where there is a value: a null is then NaN. Within a batch rows are sorted by octet and run,
-- so that one series is read from few row groups. The view `points` gives a row for each value.
create table point_rows (
    run integer,
    file integer,
    octet integer,
    has utinyint,
    line uinteger,
    step double,
    time double,              -- seconds since the epoch
    attempt usmallint,        -- a restart begins a new one
    pass usmallint,           -- a resume begins a new one; of the same attempt and step the highest counts
    v0 double,
    v1 double,
    v2 double,
    v3 double,
    v4 double,
    v5 double,
    v6 double,
    v7 double
);

-- Kept incrementally from points; min, max, total are over finite values, `nan` counts the others.
-- One row for each file of a run that has the metric: within a file the last line is the last value.
create table file_summaries (
    run integer,
    metric integer,
    file integer,
    count ubigint,
    nan ubigint,
    total double,
    first double,
    first_time double,
    last double,
    last_step double,
    last_time double,
    min double,
    min_step double,
    max double,
    max_step double
);

-- The same for stretches of steps, of long files in which steps are being written again; see recount.py.
create table stretches (
    run integer,
    file integer,
    width double,             -- of each stretch of this file of this run
    stretch double,           -- its first step, divided by the width
    metric integer,
    count ubigint,
    nan ubigint,
    total double,
    head struct(l uinteger, s double, v double, t double), -- line, step, value, time of the first point
    tail struct(l uinteger, s double, v double, t double),
    low struct(v double, l bigint, s double),              -- value, line, step of the smallest, the first of equals
    high struct(v double, l bigint, s double)              -- of the largest; line and step negative
);

-- Runs of several files; `ranked`: some of these may hold the same metric in two formats.
create table united (run integer, ranked boolean);

-- The same over all files of such a run: between files the later time is the last, the earlier the first.
create table united_summaries (
    run integer,
    metric integer,
    count ubigint,
    nan ubigint,
    total double,
    first double,
    last double,
    last_step double,
    min double,
    min_step double,
    max double,
    max_step double
);

-- Metrics of a file that do not count, because another file of the run has them: see the rank of files.
create table shadowed (run integer, metric integer, file integer);

-- Parameters as each source says them; `value` is JSON. Which source wins is the view's business.
create table said_params (
    run integer,
    file integer,
    line ubigint,             -- of a config: how near to its log it lies, and which of its folder it is
    key varchar,              -- nested keys joined with "."
    value varchar,
    source varchar            -- 'run', 'line', 'header', 'config'
);

-- Texts and ids of lines. `count` lines had it; `changed` when not always with this value.
create table attributes (run integer, file integer, key varchar, value varchar, count ubigint, changed boolean, is_id boolean);

-- Values coded in a run's name (lr1e-2, b64). They are parameters where they vary among siblings.
create table name_codes (run integer, folder varchar, key varchar, value varchar);

-- Runs of which a file was read anew from its beginning, or took another place among the others, and how often.
create table forgotten (run integer, times integer);

-- What a person says of runs: in files of annotations, and in the runs' own. Its order is worked out in annotated.py.
create table annotations (
    run integer,              -- null as long as no file has made a run of this id
    id varchar,
    file integer,
    line ubigint,
    part uinteger,            -- orders those of a line
    own boolean,              -- said in a file of the run
    time double,
    event varchar,            -- note, tag, hide, hypothesis, decision, stage
    text varchar,
    data varchar,
    added varchar[],
    removed varchar[],
    hidden boolean,
    verdict varchar
);

-- The same, put together: a row a run that anything is said of. Tags and hypotheses of its own files stand in `shares`.
create table annotated (
    run integer,
    notes varchar,
    hypothesis varchar,
    verdict varchar,
    hidden boolean,
    added varchar[],
    removed varchar[]
);

-- Other events, of the runs' own files.
create table events (run integer, file integer, line ubigint, time double, event varchar, text varchar, data varchar);
