#!/bin/bash
# A committed tree of 40 tasks x 3 repeats x 3 players: what `league` prints of it against numbers worked out here, by awk,
# from the answers themselves (the tree is synthetic, and made so that names match or do not without any rule of aliases).
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-league.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
tree=tests/league
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# player task repeat score, one line a run. Tasks above 30 have two causes.
for dir in "$tree"/runs/*/*/*/; do
	IFS=/ read -r _ _ _ player scenario trial <<<"${dir%/}"
	grep -o '"name": "[^"]*"' "$dir/agent_output.json" 2>/dev/null | sort -u | awk -F'"' -v player="$player" -v t="${scenario#Scenario-}" \
		-v trial="$trial" '
		{ named++; if ($4 == "shop/Deployment/svc-" t || (t > 30 && $4 == "shop/Deployment/svc-" t "-store")) hit++ }
		END { print player, t, trial, hit == (t > 30 ? 2 : 1) ? hit / named : 0 }'
done >"$work/runs"
[ "$(wc -l <"$work/runs")" = 360 ]
result $? "the tree has 40 x 3 x 3 runs"

awk '
	{ sum[$1, $2] += $4; exact[$1] += $4 == 1; some[$1] += $4 > 0; ok[$1, $2] += $4 == 1; player[$1]; task[$2] }
	END {
		for (p in player) {
			mean = 0; all = 0; at = 0; n = 0
			for (t in task) { mean += sum[p, t] / 3; all += ok[p, t] == 3; at += ok[p, t] > 0; n++ }
			mean /= n; spread = 0
			for (t in task) spread += (sum[p, t] / 3 - mean) ^ 2
			printf "%s score %.4f se %.4f exact %.4f recall %.4f at %.4f all %.4f\n", p, mean, sqrt(spread / (n - 1) / n),
				exact[p] / (3 * n), some[p] / (3 * n), at / n, all / n
		}
	}' "$work/runs" | sort >"$work/expected"

league() { "$program" league "$tree/runs" --truth "$tree/data.jsonl" "$@"; }
league --json >"$work/json"
result $? "league --json"
# One object of the players a line; then one field by name.
tr -d '\n' <"$work/json" | sed 's/.*"players":\[//; s/\].*//; s/},{/}\n{/g' >"$work/players"
field() { sed -nE "s/.*\"player\":\"$1\".*\"$2\":([-0-9.e]+).*/\1/p" "$work/players"; }
for p in north south west; do
	printf '%s score %.4f se %.4f exact %.4f recall %.4f at %.4f all %.4f\n' $p "$(field $p score)" "$(field $p standard_error)" \
		"$(field $p exact)" "$(field $p recalled)" "$(field $p pass_at_k)" "$(field $p pass_all_k)"
done >"$work/got"
diff "$work/expected" "$work/got" >&2
result $? "scores, errors, exact and recall rates, pass@3 and pass^3 are those of the answers"

# The normal interval of the same error is close to the resampled one, and the point lies in it.
for p in north south west; do
	echo "$(field $p score) $(field $p standard_error) $(field $p low) $(field $p high)"
done | awk '{ if ($3 >= $1 || $4 <= $1 || $3 < $1 - 3 * $2 || $4 > $1 + 3 * $2) bad++ } END { exit bad > 0 }'
result $? "intervals hold the score"

awk '{ sum[$1, $2] += $4; task[$2] }
	END { for (t in task) d += (sum["north", t] - sum["south", t]) / 3; printf "%.4f\n", d / 40 }' "$work/runs" >"$work/difference"
tr -d '\n' <"$work/json" | sed 's/.*"comparisons":\[//; s/\].*//; s/},{/}\n{/g' |
	sed -nE 's/.*"a":"north","b":"south".*"difference":([-0-9.e]+).*/\1/p' | xargs printf '%.4f\n' | cmp - "$work/difference" >&2
result $? "paired difference of north and south"

league --json | cmp - "$work/json"
result $? "the same bytes again"
[ "$(league --csv | wc -l)" = 361 ] && league --csv | awk -F, 'NR > 1 { s[$1] += $8 } END { printf "%.3f\n", s["north"] / 120 }' |
	cmp - <(awk '/^north/ { printf "%.3f\n", $3 }' "$work/expected") >&2
result $? "--csv has a line a run, and the same mean"
league | grep -q 'another matcher, another task set'
result $? "published results are marked as what they are"
league --svg turns | grep -q '</svg>' && ! league --svg turns | grep -Eq 'nan|inf|script|href'
result $? "--svg is a picture, also when nobody's turns are known"

bad=$(league --json | tr -d '\n' | grep -o '"bad":[0-9]*' | awk -F: '{ s += $2 } END { print s }')
missing=$(find "$tree/runs" -name stdout.log | wc -l)
prose=$(grep -rL '"name"' "$tree/runs" --include=agent_output.json | wc -l)
[ "$bad" = $((missing + prose)) ] && [ "$missing" -gt 0 ] && [ "$prose" -gt 0 ]
result $? "runs without a readable answer are counted ($bad) and scored 0"

"$program" league "$work" >/dev/null 2>"$work/err"
[ $? = 3 ] && grep -q 'holds no run' "$work/err"
result $? "a folder without runs is an error"
"$program" score "$tree/runs/north/Scenario-1" --truth "$tree/data.jsonl" | grep -c '^Score' | grep -qx 3
result $? "score takes a tree of runs"

# What people did leaves records: who, under which budget, for how long.
investigate() { # player budget names...
	local player=$1 budget=$2
	"$program" run sample-incidents/Scenario-1 --out "$work/people" --name "$player" --budget "$budget" -c alerts \
		-c "suspect $3 confidence=0.9" -c 'submit confirm=submit' >/dev/null
}
investigate ana 20 otel-demo/Deployment/ad
investigate ana 20 otel-demo/Deployment/quote
investigate bob 20 otel-demo/Deployment/quote
investigate cleo 30 otel-demo/Deployment/quote
"$program" league "$work/people" --rate 60 --csv | cut -d, -f 1,2,3,5,8 | tr -d '\r' >"$work/people.csv"
printf '%s\n' player,kind,task,budget,score ana,human,Scenario-1,20,0.0000 ana,human,Scenario-1,20,1.0000 \
	bob,human,Scenario-1,20,1.0000 cleo,human,Scenario-1,30,1.0000 | cmp - "$work/people.csv" >&2
result $? "records tell player, budget and incident"
"$program" league "$work/people" --rate 60 --json | tr -d '\n' | sed 's/.*"players":\[//; s/\].*//; s/},{/}\n{/g' >"$work/players"
grep '"player":"ana"' "$work/players" | grep '"runs":1,"score":0,' | grep -q '"left_out":1'
result $? "of a person's two runs of one incident the first counts"
grep '"player":"cleo"' "$work/players" | grep -q '"condition":2' && ! grep '"player":"bob"' "$work/players" | grep -q '"condition":2' &&
	"$program" league "$work/people" | grep -q 'under 2 conditions'
result $? "another budget is another table"
# A dear person: these runs take milliseconds, and costs are told to the millionth.
"$program" league "$work/people" --rate 36000000 --json | tr -d '\n' | sed 's/.*"players":\[//; s/\].*//; s/},{/}\n{/g' >"$work/players"
brier() { grep "\"player\":\"$1\"" "$work/players" | sed -E 's/.*"brier":([-0-9.e]+).*/\1/'; }
[ "$(brier ana)" = 0.81 ] && [ "$(brier bob)" = 0.01 ] && grep '"player":"ana"' "$work/players" | grep -q '"claimed":0.9,"right":0,"stated":1'
result $? "how sure people were, against what was true: (0.9 - 0)^2 and (0.9 - 1)^2"
grep '"player":"bob"' "$work/players" | grep -q '"turns":4,'
result $? "a person's turn is one command"
awk -F'"cost_usd":' '{ split($2, v, ","); if (!(v[1] > 0)) bad++ } END { exit bad > 0 || NR != 3 }' "$work/players"
result $? "with --rate a person has a cost"
# The same player, task, budget and level of assistance - and a hint.
"$program" run sample-incidents/Scenario-1 --out "$work/people" --name dora --budget 20 -c alerts -c hint -c 'suspect otel-demo/Deployment/quote' \
	-c 'submit confirm=submit' >/dev/null
"$program" league "$work/people" --json | tr -d '\n' >"$work/json"
sed 's/.*"players":\[//; s/\].*//; s/},{/}\n{/g' "$work/json" | grep '"player":"dora"' | grep -q '"condition":3' &&
	sed 's/.*"conditions":\[//; s/\].*//; s/},{/}\n{/g' "$work/json" | grep '"hints":true' | grep -q '"condition":3'
result $? "who took a hint is in a table of their own"
"$program" league "$work/people" --csv | grep '^dora' | grep -q ',1,1,1,forged,no,no.$'
result $? "--csv tells hints, confidences and where the incident is from"
"$program" agent sample-incidents/Scenario-1 --provider heuristic --policy recent --out "$work/marks" >/dev/null 2>&1
"$program" run sample-incidents/Scenario-1 --out "$work/marks" --name heuristic-recent --agent --assist full -c 'suspect otel-demo/Deployment/quote' -c 'submit confirm=submit' >/dev/null
"$program" run sample-incidents/Scenario-1 --out "$work/marks" --name heuristic-recent --agent --cases private -c 'suspect otel-demo/Deployment/quote' -c 'submit confirm=submit' >/dev/null
"$program" league "$work/marks" --csv | sed 's/\r//' | grep -o '[a-z]*,[a-z]*,[a-z]*$' | sort | tr '\n' ' ' | grep -q '^cases,unsandboxed,live forged,no,no forged,yes,no private,yes,no $'
result $? "who had a shell of its own is marked, and private incidents are"
"$program" league "$work/marks" --json | tr -d '\n' | sed 's/.*"players":\[//; s/\].*//; s/},{/}\n{/g' >"$work/players"
[ "$(grep -c '"condition":1,.*"unsandboxed":' "$work/players")" = 2 ] && [ "$(grep -c '"condition":2,.*"unsandboxed":true' "$work/players")" = 1 ]
result $? "neither is averaged with the others"
"$program" run sample-incidents/Scenario-1 --cases secret -c alerts >/dev/null 2>"$work/err"
[ $? = 2 ] && grep -q 'public, forged or private' "$work/err"
result $? "another kind of source is none"
# A person who only looked in, or went on with another's run, has not tried yet.
tries=$work/tries
"$program" play sample-incidents/Scenario-1 --name ana --out "$tries" </dev/null >"$work/said" && grep -q 'does not count this as a try' "$work/said"
result $? "leaving without a question says that it is no try"
printf '%s\n' 'events entity=otel-demo/Deployment/quote' quit | "$program" play sample-incidents/Scenario-2 --plain --name ana --out "$tries" >"$work/said" &&
	grep -q 'as it stands this run scores 0' "$work/said"
result $? "leaving in the middle says what it means"
printf '%s\n' 'events entity=otel-demo/Deployment/quote' 'suspect otel-demo/Deployment/quote' 'submit confirm=submit' quit |
	"$program" play sample-incidents/Scenario-1 --plain --name ana --out "$tries" >"$work/said" && grep -q '^Next: coldcase review ' "$work/said"
result $? "after the verdict the next step is named"
sed 's/"event":"loaded"/"event":"parent"/' "$tries/Scenario-1/2/trajectory.jsonl" >"$work/parent" && mkdir -p "$tries/Scenario-1/3" &&
	cp "$tries/Scenario-1/2/agent_output.json" "$tries/Scenario-1/3/" && mv "$work/parent" "$tries/Scenario-1/3/trajectory.jsonl"
"$program" league "$tries" --truth sample-incidents/solutions >"$work/league" && grep -q '1 run(s) left out: they were opened, and nothing was asked' "$work/league" &&
	grep -q '1 run(s) left out: they go on where another run stood' "$work/league" && grep -Eq 'ana +human +2 +2 +0.5 ' "$work/league"
result $? "neither these nor what was taken over is a first try"
"$program" league sample-incidents/runs >"$work/few" && "$program" league --wide sample-incidents/runs >"$work/all" &&
	[ "$(sed -n '/^Published/,$p' "$work/few" | grep -c ' 2026$')" = 5 ] && [ "$(sed -n '/^Published/,$p' "$work/all" | grep -c ' 2026$')" -gt 10 ] &&
	grep -q 'wide shows every column' "$work/few" && ! grep -q 'wide shows every column' "$work/all"
result $? "a few published scores stand beside one's own, --wide shows all"
printf '%s\n' logs quit | "$program" play Scenario-1 --budget 60 --name eve --out "$work/mine" >/dev/null 2>&1
"$program" league "$work/mine" sample-incidents/runs | grep -Eq '^ +[0-9]+ +1 +eve '
result $? "who plays under the budget of the bundled runs is in their table"
exit 0
