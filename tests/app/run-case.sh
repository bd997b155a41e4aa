#!/bin/bash
# A case from the one who packs it to the one who plays it and back: sealed, played where the truth never was, scored elsewhere.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-case.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
trainer() { XDG_CACHE_HOME=$work/trainer/cache XDG_STATE_HOME=$work/trainer/state "$program" "$@"; }
trainee() { XDG_CACHE_HOME=$work/trainee/cache XDG_STATE_HOME=$work/trainee/state "$program" "$@"; }
unset COLDCASE_PASSPHRASE
printf 'correct horse battery\n' >"$work/pass"
printf 'incorrect horse battery\n' >"$work/wrong"
chmod 600 "$work/pass" "$work/wrong"
cp -r sample-incidents/Scenario-1 "$work/Scenario-1"
mkdir "$work/solutions"
cp -r sample-incidents/solutions/Scenario-1 "$work/solutions/"

# --- packing ---

trainer doctor | grep -q '^ok .*case files .*libarchive [0-9.]*, zstd [0-9.]*$' && trainer doctor | grep -q '^ok .*seals .*libsodium [0-9.]*$'
result $? "doctor names the libraries"

trainer pack "$work/Scenario-1" -o "$work/a.case" --seal --passphrase-file "$work/pass" --json >"$work/said" 2>"$work/err"
[ $? = 0 ] && grep -q '"sealed":true' "$work/said"
result $? "pack --seal"
id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' "$work/said")
case $id in case-????????????) ;; *) false ;; esac
result $? "its id tells nothing: $id"
! grep -aq 'Scenario-1' "$work/a.case"
result $? "nor do the bytes of the file name the incident"
if command -v zstd >/dev/null; then
	zstd -qdc "$work/a.case" >"$work/a.tar" && ! grep -aqE 'root_cause|Scenario-1|invalid-image:|hints:' "$work/a.tar" &&
		tar -tvf "$work/a.tar" | awk '$2 != "0/0" || $4 != "1970-01-01" { bad = 1 } END { exit bad }'
	result $? "nor do they when unpacked by other programs; no owners, no times"
fi
trainer pack "$work/Scenario-1" -o "$work/a.case" --seal --passphrase-file "$work/pass" 2>"$work/err"
[ $? = 1 ] && grep -q 'is there already' "$work/err"
result $? "a file that is there is not written over"
printf 'short\n' >"$work/short"; chmod 600 "$work/short"
trainer pack "$work/Scenario-1" -o "$work/no.case" --seal --passphrase-file "$work/short" 2>"$work/err"
[ $? = 2 ] && grep -q 'fewer than 8' "$work/err" && [ ! -e "$work/no.case" ]
result $? "a short passphrase seals nothing"
chmod 644 "$work/short"
trainer pack "$work/Scenario-1" -o "$work/no.case" --seal --passphrase-file "$work/short" 2>"$work/err"
[ $? = 3 ] && grep -q 'others may read' "$work/err"
result $? "nor does one that others can read"
trainer pack "$work/Scenario-1" -o "$work/no.case" --seal </dev/null 2>"$work/err"
[ $? = 2 ] && grep -q 'nobody gave a passphrase' "$work/err"
result $? "nor none"
mkdir "$work/bare"; cp -r "$work/Scenario-1" "$work/bare/"
trainer pack "$work/bare/Scenario-1" -o "$work/no.case" --seal --passphrase-file "$work/pass" 2>"$work/err"
[ $? = 3 ] && grep -q 'no ground truth' "$work/err" && [ ! -e "$work/no.case" ]
result $? "without a truth there is nothing to seal"

# --- playing, where the truth never was ---

mkdir "$work/room" "$work/away"
mv "$work/a.case" "$work/room/"
mv "$work/Scenario-1" "$work/solutions" "$work/away/"
trainee run "$work/room/a.case" --out "$work/runs" --name ana -c start -c alerts -c 'events entity=otel-demo/Deployment/quote' \
	-c 'suspect otel-demo/Deployment/quote confidence=0.9' -c hint -c 'submit confirm=submit' >"$work/said" 2>"$work/err"
run=$work/runs/$id/1
grep -q '^UNSCORED: the truth of '"$id"' is sealed' "$work/said" && [ ! -e "$run/score.json" ]
result $? "played from the file alone, it says that the truth is sealed"
grep -q '"truth_seal":"'"$id"':[0-9a-f]\{64\}"' "$run/trajectory.jsonl" && grep -q '"scenario":"'"$id"'"' "$run/trajectory.jsonl"
result $? "the record carries the commitment"
! grep -arqE 'root_cause|invalid-image:' "$work/trainee" "$work/runs"
result $? "no byte of the truth lies where it was played"
[ "$(stat -c %a "$work/trainee/cache/coldcase/cases")" = 700 ]
result $? "what was unpacked is private"
first=$(stat -c %i "$work/trainee/cache/coldcase/cases/$id")
trainee info "$work/room/a.case" >"$work/said" && grep -q "$id" "$work/said" &&
	[ "$(stat -c %i "$work/trainee/cache/coldcase/cases/$id")" = "$first" ]
result $? "the second time nothing is unpacked"
echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}' |
	trainee mcp "$work/room/a.case" --out "$work/mcp" 2>"$work/err" | grep -q '"serverInfo"'
result $? "mcp takes it"
trainee agent "$work/room/a.case" --provider heuristic --out "$work/runs" 2>"$work/err" | grep -q submitted
result $? "and so does an agent"
trainee replay --check "$run" | grep -q ' 0 differ'
result $? "the record comes out the same when it is run again"

rm -rf "$work/trainee/cache"
for i in 1 2 3 4 5 6; do trainee info "$work/room/a.case" >"$work/info$i" 2>&1 & done
wait
[ "$(cat "$work"/info? | grep -c "^SNAPSHOT $id")" = 6 ] && [ "$(ls -A "$work/trainee/cache/coldcase/cases")" = "$id" ]
result $? "six that unpack it at once all get it, and one copy stays"

# --- scoring, elsewhere ---

trainer score "$run" --truth "$work/room/a.case" --passphrase-file "$work/wrong" >"$work/said" 2>"$work/err"
[ $? = 3 ] && grep -q 'the passphrase does not open its truth' "$work/err" && [ ! -e "$run/score.json" ]
result $? "a wrong passphrase opens nothing"
trainer score "$run" --truth "$work/room/a.case" --passphrase-file "$work/pass" >"$work/elsewhere" 2>"$work/err"
[ $? = 0 ] && grep -q '^Score 1.0000' "$work/elsewhere" && grep -q 'is the one that was sealed when the run began' "$work/elsewhere"
result $? "the right one gives the verdict"
grep -q '"commitment":"verified"' "$run/score.json"
result $? "score.json says that the commitment was verified"
COLDCASE_PASSPHRASE='correct horse battery' trainee score "$run" >"$work/here" 2>"$work/err"
diff "$work/here" "$work/elsewhere" >&2
result $? "the same verdict where it was played, by what was unpacked there"
trainer score --hint 1 --incident "$work/room/a.case" --passphrase-file "$work/pass" >"$work/said" && [ -s "$work/said" ]
result $? "the coach's ladder is sealed with it"
trainer review "$run" --truth "$work/room/a.case" --passphrase-file "$work/pass" | grep -q '^REVIEW '"$id"
result $? "review opens it, too"
trainer watch "$run" --truth "$work/room/a.case" --passphrase-file "$work/pass" --plain </dev/null 2>"$work/err" | grep -Eq 'cannot be pulled +seen'
result $? "watch, too"
trainer watch "$run" --truth "$work/room/a.case" --plain </dev/null >"$work/said" 2>"$work/err"
[ $? = 0 ] && grep -q '^WATCH '"$id" "$work/said" && grep -q 'is sealed, and nobody gave the passphrase): what decides' "$work/said" &&
	! grep -q 'cannot be pulled' "$work/said"
result $? "who has no passphrase watches without the truth"
trainer watch "$run" --truth "$work/room/a.case" --passphrase-file "$work/wrong" --plain </dev/null >"$work/said" 2>"$work/err"
[ $? = 3 ] && grep -q 'the passphrase does not open its truth' "$work/err" && [ ! -s "$work/said" ]
result $? "a wrong one is an error"
trainer league "$work/runs" --truth "$work/room/a.case" --passphrase-file "$work/pass" --csv >"$work/said" 2>"$work/err" && [ "$(wc -l <"$work/said")" = 3 ]
result $? "and a league of its runs"

trainer pack sample-incidents/Scenario-2 -o "$work/room/b.case" --seal --passphrase-file "$work/pass" >/dev/null
mkdir -p "$work/table/ana"; cp -r "$work/runs/$id" "$work/table/ana/"
trainee run "$work/room/b.case" --out "$work/table/ana" --name ana -c 'suspect otel-demo/Service/frontend' -c 'submit confirm=submit' >/dev/null 2>&1
COLDCASE_PASSPHRASE='correct horse battery' trainer league "$work/table" --truth "$work/room" --csv >"$work/said" 2>"$work/err"
[ $? = 0 ] && [ "$(wc -l <"$work/said")" = 4 ] && [ ! -s "$work/err" ]
result $? "a folder of cases is the truth of a table of them, with one passphrase"

# --- what must not pass ---

size=$(stat -c %s "$work/room/a.case")
cp "$work/room/a.case" "$work/flipped.case"
printf '\377\376' | dd of="$work/flipped.case" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
trainee play "$work/flipped.case" --plain </dev/null >"$work/said" 2>"$work/err"
[ $? = 0 ] && grep -q "$id" "$work/said"
result $? "a damaged file whose case was checked before still plays from there"
rm -rf "$work/trainee/cache"
trainee play "$work/flipped.case" --plain </dev/null >"$work/said" 2>"$work/err"
[ $? = 3 ] && grep -q 'flipped.case: damaged' "$work/err" && [ -z "$(ls -A "$work/trainee/cache/coldcase/cases" 2>/dev/null)" ]
result $? "else it is refused, and nothing is left"
cp "$work/room/b.case" "$work/b.case"
trainer score "$run" --truth "$work/b.case" --passphrase-file "$work/pass" >"$work/said" 2>"$work/err"
[ $? = 4 ] && grep -q "^UNSCORED: .*$id, and .*b.case is case-" "$work/said"
result $? "another case's truth is refused, and both are named"
trainer score "$run" --truth "$work/away/solutions/Scenario-1/ground_truth.yaml" >"$work/said" 2>"$work/err"
[ $? = 4 ] && grep -q 'give --truth the case file' "$work/said"
result $? "a bare truth cannot show that it is the one"
trainer run "$work/away/Scenario-1" --out "$work/plain" -c 'suspect otel-demo/Deployment/quote' -c 'submit confirm=submit' >/dev/null 2>&1
grep -q '"commitment":"verified"' "$work/plain/Scenario-1/1/score.json"
result $? "a run beside its truth is verified without a case"
printf '# a word more\n' >>"$work/away/solutions/Scenario-1/ground_truth.yaml"
trainer score "$work/plain/Scenario-1/1" >"$work/said" 2>"$work/err"
[ $? = 4 ] && grep -q 'not the one sealed when the run began: the record has [0-9a-f]*, .*ground_truth.yaml gives [0-9a-f]' "$work/said"
result $? "a truth changed afterwards is refused, and both are named"
trainer score "$work/plain/Scenario-1/1/agent_output.json" --truth "$work/away/solutions" >"$work/said" 2>"$work/err"
[ $? = 0 ] && grep -q '^Score 1.0000' "$work/said"
result $? "the answer alone can be scored against it, which proves nothing"
sed 's/"truth_seal":"[^"]*"/"truth_seal":"'"$id"':0000000000000000000000000000000000000000000000000000000000000000"/' "$run/trajectory.jsonl" >"$work/t" &&
	mkdir -p "$work/forged" && cp "$run"/* "$work/forged/" && mv "$work/t" "$work/forged/trajectory.jsonl"
trainer score "$work/forged" --truth "$work/room/a.case" --passphrase-file "$work/pass" >"$work/said" 2>"$work/err"
[ $? = 4 ] && grep -q 'the record has 0000' "$work/said"
result $? "a record with another commitment is refused"

sed 's/"truth_seal":"[^"]*"/"truth_seal":null/' "$run/trajectory.jsonl" >"$work/forged/trajectory.jsonl"
trainer score "$work/forged" --truth "$work/room/a.case" --passphrase-file "$work/pass" >"$work/said" 2>"$work/err"
[ $? = 0 ] && grep -q "^WARNING: $id commits its runs" "$work/said" && grep -q '"commitment":"absent"' "$work/forged/score.json"
result $? "one without any is scored, and the score says that it proves nothing"

sed 's/"snapshot_sha256":\("[0-9a-f]*"\|null\)/"snapshot_sha256":"'"$(printf %064d 1)"'"/' "$run/trajectory.jsonl" >"$work/forged/trajectory.jsonl"
trainer score "$work/forged" --truth "$work/room/a.case" --passphrase-file "$work/pass" >"$work/said" 2>"$work/err"
! cmp -s "$run/trajectory.jsonl" "$work/forged/trajectory.jsonl" && grep -q "^WARNING: the evidence of this run is not that of $id" "$work/said" &&
	! grep -q '^WARNING: the evidence' "$work/elsewhere"
result $? "other evidence than that of the case is told"

# --- without a seal, and back to a folder ---

trainer pack sample-incidents/Scenario-2 -o "$work/c.case" >"$work/said"
[ $? = 0 ] && grep -q 'The truth is not in it' "$work/said"
result $? "pack without --seal leaves the truth out"
trainee unpack "$work/c.case" -o "$work/c" >"$work/said" && [ "$(ls "$work/c" | wc -l)" = 3 ] && ! ls "$work/c" | grep -q sealed
result $? "unpack makes a folder"
trainee run "$work/c" --out "$work/runs2" -c alerts -c 'suspect otel-demo/Service/frontend' -c 'submit confirm=submit' >"$work/said" 2>&1
run2=$(echo "$work"/runs2/case-*/1)
grep -q '"truth_seal":"[0-9a-f]\{32\}:' "$run2/trajectory.jsonl" && grep -q '^UNSCORED' "$work/said"
result $? "which plays with its commitment"
trainer score "$run2" --incident sample-incidents/Scenario-2 >"$work/said" 2>"$work/err" && grep -q '"commitment":"verified"' "$run2/score.json"
result $? "and is scored where the truth lies"
trainer score "$run2" --truth "$work/c.case" >"$work/said" 2>"$work/err"
[ $? = 4 ] && grep -q 'packed without --seal' "$work/said"
result $? "a case without its truth says so"
trainee unpack "$work/c.case" -o "$work/c" 2>"$work/err"
[ $? = 1 ] && grep -q 'is there already' "$work/err"
result $? "unpack writes over nothing"
trainee play "$work/pass" --plain 2>"$work/err" </dev/null
[ $? = 3 ] && grep -q 'is a file, not an incident' "$work/err"
result $? "a file that is no case is told so"

# --- a shelf of cases ---

mkdir -p "$work/trainee/data/coldcase/incidents"
cp "$work/room/a.case" "$work/trainee/data/coldcase/incidents/"
printf 'none' >"$work/trainee/data/coldcase/incidents/bad.case"
trainee list "$work/trainee/data/coldcase/incidents" >"$work/said" 2>"$work/err"
[ $? = 0 ] && grep -q "^$id .* MB .*a.case" "$work/said" && grep -q 'bad.case: does not end as a case file ends' "$work/err"
result $? "list shows case files, and says which are none"
XDG_DATA_HOME=$work/trainee/data trainee run "$id" -c briefing >"$work/said" 2>"$work/err"
grep -q '^From whoever packed this case' "$work/said" && grep -q 'PendingPodsDetected. at' "$work/said"
result $? "one on the shelf is known by its id; the briefing that was packed is told"

# --- a class over a shared folder that has the case in it ---

shared=$work/shared; mkdir -p "$shared"; cp "$work/room/a.case" "$shared/"
host() { trainer class host "$shared" --incident "$shared/a.case" --passphrase-file "$work/pass" "$@" 2>&1; }
host --countdown 0 -c status >"$work/said"
grep -q "\"truth_seal\": \"$id:" "$shared/class.json"
result $? "the class is sealed with the case's commitment"
chmod 700 "$work/trainer"; mv "$work/trainer" "$work/trainer-elsewhere" # the seat is on another machine
XDG_CACHE_HOME=$work/eve/cache XDG_STATE_HOME=$work/eve/state "$program" class join "$shared" --name eve -c alerts \
	-c 'suspect otel-demo/Deployment/quote' -c 'submit confirm=submit' >"$work/eve.out" 2>&1 &
seat=$!
limit=$((SECONDS + 30))
until [ -n "$(ls "$shared/seats" 2>/dev/null)" ] || [ "$SECONDS" -ge "$limit" ]; do :; done
mv "$work/trainer-elsewhere" "$work/trainer"
host -c start >"$work/said"
wait "$seat"
until host -c status >"$work/said" && grep -Eq 'submitted .* 1$' "$work/said" && [ -n "$(ls "$shared/verdicts")" ] || [ "$SECONDS" -ge "$limit" ]; do :; done
grep -q '^Score 1.0000' "$shared"/verdicts/*.txt && ! grep -rqE 'root_cause|invalid-image:' "$work/eve"
result $? "a seat finds the case in the folder, and the host has its verdict"
echo "1..$n"
