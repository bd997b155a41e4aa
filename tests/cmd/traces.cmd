paths hop limit=12
paths lost
paths origin
traces path="frontend > shipping" errors>0 limit=3
traces path="frontend > nobody"
trace 52e17024 logs=none limit=4
trace 52e17024 show=errors
trace 52e17024 show=critical logs=below
trace 52e17024 depth=2 limit=6
trace 52e17024 under=otel_traces_raw.tsv#1975
trace 52e17024 under=otel_traces_raw.tsv#1
trace 52e17024 hide=frontend,cart logs=none limit=5
trace 52e17024 hide=nobody
compare 52e17024
compare 52e17024 with=52e17024 limit=2
breakdown limit=4
breakdown 52e17024 by=operation limit=4
breakdown path="frontend > cart" limit=3
span otel_traces_raw.tsv#1975
