#!/bin/bash
# The HTML page and a picture in a browser, and the pictures in readers of XML.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="the page in a browser"
# shellcheck source=tests/integration/common.bash
. tests/integration/common.bash
need node xmllint
find_chromium
make_run
make_stills --size 100x30
result $? "every picture is well-formed XML"
"$program" export --to html "$run" >"$work/page.html"
"$program" export --to cast "$run" >"$work/run.cast"
"$program" export --to svg --animate --size 100x30 "$run" >"$work/film.svg" && xmllint --noout "$work/film.svg"
result $? "so is the one that moves"
FIRST=$n timeout 60 node tests/integration/html.mjs "$chromium" "$work" "$kept" "$steps"
