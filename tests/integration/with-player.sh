#!/bin/bash
# The film in asciinema-player, in a browser.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="a film in asciinema-player"
# shellcheck source=tests/integration/common.bash
. tests/integration/common.bash
need node npm xmllint
find_chromium
fetch asciinema-player@3
make_run
make_stills --size 100x30 --theme light
"$program" export --to cast --size 100x30 --theme light "$run" >"$work/run.cast"
timeout 60 node tests/integration/player.mjs "$chromium" "$work" "$kept"
