# jobs.bash - what tests/bench/run runs: for each a name, the rounds it runs in, the floor it is held against, a line
# of shell. Sourced; $dir is the incident, $logs its log file, $pod a pod with many samples, $tools the built
# programs.

names=() lines=() rounds=()
job() { # name rounds floor command line
	names+=("$1"); rounds+=("$2"); lines+=("$4")
	printf '%s\t%s\n' "$1" "$3" >>"$work/floors"
}
skip() { printf '%s\t%s\n' "$1" "$2" >>"$work/skipped"; } # beginning of names, why

# A folder with some of the evidence: what it holds is symbolic links.
part() { # name file...
	local f name=$1
	shift
	mkdir -p "$work/$name/Scenario-1/metrics"
	for f in "$@"; do
		ln -s "$f" "$work/$name/Scenario-1/${f#"$dir"/}"
	done
	rmdir "$work/$name/Scenario-1/metrics" 2>/dev/null || true
}

# Literal, any case, a class, four words; all occur in what is forged.
patterns=("literal:name resolver error" "any case:cart failure" "class:userId=[0-9a-f]{8}-"
	"one of four:cart failure|ECONNREFUSED|REQTMOUT|GOAWAY")
from=2025-12-15T17:45:00Z until=2025-12-15T18:15:00Z # the middle of the hour that seed 11 gives
asked=()

any_case() { [ "${1%%:*}" != "any case" ] || echo "$2"; } # pattern flag

questions() { # fills `asked`
	local p
	asked=("half an hour by service and level=@count $from $until" "calls between services=@edges"
		"p99 of a span=@p99 frontend-proxy ingress"
		"half an hour of a series=@series container_memory_rss $pod $from $until"
		"log templates=patterns all=yes order=count limit=20" "entity=entity Deployment/checkout"
		"bodies with a literal=logs ~ /{${patterns[0]#*:}}/ all=yes limit=1"
		"bodies with one of four=logs ~ /{${patterns[3]#*:}}/ all=yes limit=1"
		"metric=metric container_memory_rss object=$pod"
		"paths=paths all=yes limit=20" "topology=topology limit=20")
	asked=("${asked[@]/#/coldcase asked: }")
	[ ! -x "$tools/search" ] || return 0 # a driver of the search in raw files says it better
	for p in "${patterns[@]}"; do
		asked+=("coldcase search: ${p%%:*}=logs ~ /${p#*:}/$(any_case "$p" i) all=yes limit=1")
	done
}

floor_jobs() {
	job "floor" "$runs" floor "$tools/floor 2 $dir/*.tsv $dir/*/*"
	job "floor: one thread" "$runs" floor "$tools/floor 1 $dir/*.tsv $dir/*/*"
	job "floor: its files" "$runs" floor "$tools/floor 2 $dir/otel_*.tsv $dir/metrics/*"
	job "floor: logs" "$runs" floor "$tools/floor 2 $logs"
}

open_jobs() {
	local records=$work/records/Scenario-1 only_logs=$work/logs/Scenario-1
	part records "$dir"/otel_*.tsv "$dir"/metrics/*
	part logs "$logs"
	job "coldcase: index" "$runs" "floor: its files" "$tools/open $records"
	job "coldcase: index of the logs" "$runs" "floor: logs" "$tools/open $only_logs"
	job "coldcase: index, one thread" "$runs" "floor: its files" "$tools/open --threads 1 $records"
	job "coldcase: index, two threads" "$runs" "floor: its files" "$tools/open --threads 2 $records"
	job "coldcase: everything" "$runs" floor "$tools/open $dir"
}

# Forging the incident once more, beside a plain copy of it. Each run begins without $work/new.
forge_jobs() {
	local n
	job "copy of the incident" "$slow" "copy of the incident" "cp -r $dir $work/new"
	for n in 2 1; do
		job "coldcase forge, threads: $n" "$slow" "copy of the incident" \
			"$program forge $work/new ${recipe[*]} --threads $n"
	done
}

# A record of a million steps, made by the writer of records: some 770 MB.
record_jobs() {
	mkdir -p "$work/record"
	[ $list = 1 ] || "$tools/record" make "$work/record" "${STEPS:-1000000}"
	job "coldcase, record" "$slow" floor "$tools/record $work/record"
}

own_jobs() {
	local p new=XDG_CACHE_HOME=$work/new before=XDG_CACHE_HOME=$work/before
	questions
	floor_jobs
	open_jobs
	job "coldcase: first answer" "$runs" floor "$new $program run $dir -c 'logs limit=1'"
	job "coldcase: first answer, opened before" "$runs" floor "$before $program run $dir -c 'logs limit=1'"
	job "coldcase play" "$runs" floor \
		"$new $tools/firstscreen 'coldcase play' Scenario-1 firing ^ $program play --no-record $dir"
	job "coldcase play, opened before" "$runs" floor "$before $tools/firstscreen 'coldcase play, opened before' \
		Scenario-1 firing ^ $program play --no-record $dir"
	[ ! -x "$tools/search" ] || for p in "${patterns[@]}"; do
		job "coldcase search: ${p%%:*}" "$runs" "floor: logs" \
			"$tools/search $(any_case "$p" -i) '${p#*:}' $logs"
	done
	job "coldcase, asked" "$runs" floor "$tools/ask 5 $dir ${asked[*]@Q}"
	job "coldcase, keys" "$runs" floor "$tools/keys $dir"
	record_jobs
	forge_jobs
}

# --- peers ---

peer() { # name: sets `exe`, or notes why its rows are skipped
	local version
	IFS=$'\t' read -r _ exe version < <(grep "^$1	" "$work/peers") || exe=-
	[ "$exe" != - ] || { skip "$1" "${version:-no peers were asked for}"; return 1; }
}

rg_jobs() {
	local p flags
	for p in "${patterns[@]}"; do
		flags="-c $(any_case "$p" -i)"
		job "rg --no-mmap: ${p%%:*}" "$runs" "floor: logs" "$exe --no-mmap $flags '${p#*:}' $logs"
		job "rg: ${p%%:*}" "$runs" "floor: logs" "$exe $flags '${p#*:}' $logs"
	done
}

duckdb_jobs() {
	local p="PEERS=$cache/peers $exe $here/duckdb.cjs"
	job "DuckDB: index" "$runs" "floor: its files" "$p index $dir"
	job "DuckDB: index of the logs" "$runs" "floor: logs" "$p logs $dir"
	job "DuckDB: all columns" "$slow" "floor: its files" "$p all $dir"
	[ $list = 1 ] || PEERS=$cache/peers "$exe" "$here/duckdb.cjs" build "$dir" "$work/duck.db"
	job "DuckDB: reopen, first answer" "$runs" floor "$p reopen $dir $work/duck.db"
	job "DuckDB, asked" "$slow" floor "$p ask $dir 5 $pod"
}

# lnav opens at the end of a log, and paints the beginning while it reads.
lnav_jobs() {
	local p="$exe -I $work/lnav" last
	mkdir -p "$work/lnav/formats/installed"
	cp "$here/lnav.json" "$work/lnav/formats/installed/coldcase_bench.json"
	last=$(tail -100 "$logs" | grep -oE '^2025-[0-9-]+ [0-9:]+' | tail -1) # a body may have lines of its own
	job "lnav: open the logs" "$runs" "floor: logs" "$p -n -q -c :quit $logs"
	job "lnav" "$slow" floor "$tools/firstscreen lnav 'ENTER to focus' '${last%% *} 1' '' $p $logs"
	job "lnav at the end" "$slow" floor "$tools/firstscreen 'lnav at the end' 'ENTER to focus' '$last' '' $p $logs"
}

peer_jobs() {
	local p="PEERS=$cache/peers"
	if peer rg; then rg_jobs; fi
	if peer DuckDB; then duckdb_jobs; fi
	if peer ClickHouse; then job "ClickHouse, asked" "$slow" floor "$p $exe $here/chdb.cjs $dir 5"; fi
	if peer pandas; then
		job "pandas: read and convert" "$slow" "floor: its files" "$exe -W ignore $here/pandas_peer.py $dir"
	fi
	if peer lnav; then lnav_jobs; fi
	if peer less; then
		job "less" "$runs" floor "$tools/firstscreen less TimestampTime TimestampTime '' $exe -S $logs"
	fi
}
