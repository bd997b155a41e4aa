#!/bin/bash
# What is done with a record afterwards: run again, and exported.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-record.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

"$program" run sample-incidents/Scenario-1 --out "$work/runs" --name ana -c alerts -c 'logs level>=error limit=3' -c 'focus quote' -c entity \
	-c 'patterns' -c 'suspect otel-demo/Deployment/quote confidence=0.7 reason="image tag"' -c 'note token=abc123' -c nonsense -c changes \
	-c 'submit confirm=submit' >/dev/null 2>&1
run=$work/runs/Scenario-1/1

"$program" replay --check "$run" >"$work/check"
[ $? = 0 ] && grep -q '9 answered as recorded, 0 differ, 2 not comparable' "$work/check"
result $? "every answer comes out as recorded"
"$program" replay --check "$run" --incident sample-incidents/Scenario-2 >"$work/check"
[ $? = 1 ] && grep -q '^step 2 differs: alerts' "$work/check" && grep -q 'the evidence is not what the record was made on' "$work/check"
result $? "another incident is told, step by step"
mkdir "$work/moved"
sed "s|\"snapshot_path\":\"[^\"]*\"|\"snapshot_path\":\"/gone\"|; s|\"scenario\":\"Scenario-1\"|\"scenario\":\"Scenario-91\"|" "$run/trajectory.jsonl" >"$work/moved/trajectory.jsonl"
"$program" replay --check "$work/moved" 2>"$work/err"
[ $? = 3 ] && grep -q '/gone' "$work/err"
result $? "without the evidence it says what is missing"

"$program" replay "$run" | grep -Eq '^   3  0:00  logs limit=3 level>=error  3 of [0-9]+$'
result $? "without a terminal its steps are listed"
"$program" export --to atif "$run" >"$work/atif" && "$program" export --to atif "$run" | cmp - "$work/atif" >&2
result $? "ATIF, the same bytes twice"
grep -q 'ALERTS (1-' "$work/atif"
result $? "with what each step printed"
"$program" export --to atif --atif 1.8 --redact names,secrets "$run" >"$work/hidden" && grep -q ATIF-v1.8 "$work/hidden" &&
	! grep -Eq 'ana"|abc123|snapshot_path' "$work/hidden"
result $? "names and credentials taken out"
for format in atif csv html md cast; do
	"$program" export --to $format --redact notes "$run" >"$work/hidden"
	grep -El 'abc123|image tag' "$work/hidden" >>"$work/told"
	[ -s "$work/hidden" ] || echo $format >>"$work/told"
done
[ ! -s "$work/told" ]
result $? "notes and reasons taken out, from lines, answers and captions"
"$program" export --to csv "$run" | grep -q ',"suspects Deployment/quote, 0.70"' && "$program" export --to md "$run" | grep -q '^| 11 | 0:00 | submits the answer |$' &&
	! "$program" export --to md "$run" | grep -q 'a true cause' && "$program" export --to md --reveal "$run" | grep -q 'a true cause, or a part of it, is first shown'
result $? "markers are told, those of the truth only when asked for"
"$program" export --to atif "$work/moved" 2>"$work/err" | grep -q 'is not part of the record' && grep -q 'left out' "$work/err"
result $? "without the evidence: titles and counts"
"$program" run sample-incidents/Scenario-1 --out "$work/pins" --name 'a<b' -c changes -c 'pin k8s_objects_raw.tsv#380' >/dev/null
"$program" export --to md "$work/pins/Scenario-1/1" >"$work/md"
grep -qx '   - about `otel-demo/Deployment/quote`' "$work/md" && grep -qx '   - from `k8s_objects_raw.tsv#380`' "$work/md" && grep -qx '   - at 2025-12-15T17:05:00Z' "$work/md"
result $? "a pin names its object, its record and its time"
"$program" export --to html "$work/pins/Scenario-1/1" | grep -q '<title>Scenario-1, a&lt;b - coldcase</title>' &&
	"$program" export --to html --redact names "$work/pins/Scenario-1/1" | grep -q '<title>Scenario-1, a player - coldcase</title>'
result $? "a page is titled by its incident and its player"
"$program" import --check "$work/atif" | grep -qx 'valid ATIF'
result $? "import --check finds it valid"
sed 's/"step_id": 3/"step_id": 4/' "$work/atif" >"$work/bad.json"
"$program" import --check "$work/bad.json" >"$work/problems"
[ $? = 1 ] && grep -q '^steps\[2\].step_id: must count' "$work/problems"
result $? "and says where a bad one is wrong"
"$program" import "$work/bad.json" --incident sample-incidents/Scenario-1 --out "$work/lenient" >"$work/said" 2>"$work/told" &&
	grep -q '11 calls' "$work/said" && grep -q '^note: not valid ATIF: steps\[2\].step_id: must count' "$work/told" && grep -q 'import --check' "$work/told"
result $? "which is read all the same, with a word about it"
"$program" import "$work/atif" --incident sample-incidents/Scenario-1 --out "$work/imported" >"$work/said" 2>"$work/told" && [ ! -s "$work/told" ]
result $? "a valid one without a word"
back=$work/imported/Scenario-1/1
fields() { "$program" export --to csv "$1" | cut -d, -f 1,4- | sed -E 's/,[0-9.]*,human/,human/; s/,("[^"]*"|[^",]*)\r?$//'; }   # markers are actions, which an export has not
grep -q '11 calls' "$work/said" && diff <(fields "$run") <(fields "$back") >&2
result $? "read back, it is the same record"
"$program" replay --check "$back" | grep -q '9 answered as recorded, 0 differ'
result $? "whose answers still come out the same"
"$program" score "$back" --truth sample-incidents/solutions | grep -q '^Score 1.0000'
result $? "and whose answer scores the same"
[ "$("$program" export --to csv "$run" | wc -l)" = 12 ]
result $? "CSV: a line a step"
"$program" export --to md "$run" >"$work/md" && grep -q '^# Debrief: Scenario-1' "$work/md" && ! grep -q 'True causes' "$work/md"
result $? "Markdown debrief, without the truth"
"$program" export --to md --reveal "$run" | grep -q 'True causes'
result $? "with it when asked for"
"$program" export --to html "$run" >"$work/page.html" && "$program" export --to html "$run" | cmp - "$work/page.html" >&2
result $? "HTML, the same bytes twice"
grep -q "default-src 'none'" "$work/page.html" && ! sed '/id="data"/d' "$work/page.html" | grep -Eqi 'https?://|src=|@import|url\('
result $? "that asks for nothing from anywhere"
! grep -q 'True causes' "$work/page.html" && "$program" export --to html --reveal "$run" | grep -q 'True causes'
result $? "with the verdict only when asked for"
grep -q 'left out: .coldcase export --reveal. tells it' "$work/page.html" && grep -q 'left out: .coldcase export --reveal. tells it' "$work/md"
result $? "and said so when not"
"$program" run sample-incidents/Scenario-1 --out "$work/hostile" -c 'note </script><script>alert(1)</script>' -c alerts >/dev/null
"$program" export --to html "$work/hostile/Scenario-1/1" >"$work/hostile.html"
[ "$(grep -c '<script' "$work/hostile.html")" = 2 ] && grep -q 'u003c/script>' "$work/hostile.html"
result $? "what was noted cannot end the script it stands in"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$browser" ]; then
	echo "ok $((n += 1)) - HTML in a browser # SKIP no chromium here"
else
	HOME=$work timeout 60 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/chromium" --dump-dom \
		"file://$work/page.html#step=2" >"$work/dom" 2>/dev/null
	grep -q 'step 2 of 11' "$work/dom" && grep -q '<pre>ALERTS (1-' "$work/dom" && [ "$(grep -o '<li' "$work/dom" | wc -l)" = 11 ]
	result $? "a browser shows the step that its address names"
fi
film() { "$program" export --to cast --size 100x30 "$@" "$run"; }
film >"$work/cast" && film | cmp - "$work/cast" >&2 && head -1 "$work/cast" | grep -q '^{"version":3,"term":{"cols":100,"rows":30,'
result $? "a film, the same bytes twice"
[ "$(grep -c ',"m",' "$work/cast")" = 12 ] && grep -q '"m","suspects Deployment/quote, 0.70: suspect name=' "$work/cast" && ! grep -q 'True causes' "$work/cast"
result $? "with a marker a step, and without the truth"
film --reveal | grep -q '"m","the verdict"'
result $? "with the verdict when asked for"
film --redact names,notes,secrets >"$work/hidden" && ! grep -Eq 'ana"|abc123|image tag' "$work/hidden" && grep -q 'by ana"' "$work/cast"
result $? "names, notes and credentials taken out of it"
film --speed 4 | tail -1 | grep -q '^\[0.500000,"x","0"\]$' && "$program" export --to cast2 --by clock --idle-cap 0 "$run" | tail -1 | grep -q '^\[2.000000,"o",""\]$'
result $? "its speed, and waits of the player cut"
"$program" export --to svg --at 2 --theme light "$run" >"$work/svg" && grep -q '^<title>coldcase: Scenario-1, by ana, step 2 of 11: alerts</title>$' "$work/svg" &&
	grep -q '#fbfaf7' "$work/svg" && ! grep -Eqi '<script|href|url\(|@import|<style' "$work/svg"
result $? "a picture of a step, in a theme, that asks for nothing"
"$program" export --to svg --animate --speed 4 "$run" >"$work/svg" && grep -q 'animation: film 6.000s step-end' "$work/svg" &&
	grep -q 'prefers-reduced-motion' "$work/svg" && ! grep -Eqi '<script|href="[^#]|url\(|@import' "$work/svg"
result $? "and one of all steps that moves"
for bad in '--size 80' '--size 5x5' '--size 9999x9999' '--speed 0' '--speed x' '--idle-cap -1' '--by day' '--theme none-such' '--animate'; do
	# shellcheck disable=SC2086 # two words
	film $bad >"$work/out" 2>"$work/err" && echo "$bad" >>"$work/taken"
	[ -s "$work/out" ] && echo "$bad" >>"$work/taken"
done
"$program" export --to svg --at 99 "$run" 2>&1 >/dev/null | grep -q 'from 0 to 11' && [ ! -e "$work/taken" ]
result $? "what is no size, speed or step is refused"
"$program" export --to svg "$work/moved" 2>"$work/err" >"$work/out"
[ $? = 3 ] && [ ! -s "$work/out" ] && grep -q -- '--incident' "$work/err"
result $? "without the evidence there is no picture, and what to do is said"
"$program" export --to jpeg "$run" 2>"$work/err"
[ $? = 2 ] && grep -q 'atif' "$work/err"
result $? "an unknown format names the known ones"
echo '{"a":1}' >"$work/none.json"
"$program" import "$work/none.json" --out "$work/imported" 2>"$work/err"
[ $? = 3 ] && grep -q 'not a run' "$work/err"
result $? "what is no run is refused"
exit 0
