nosuch
al
alert
alerts limit=0
alerts limit=201
alerts severity>=
logs ~ /(/
logs "never closed
spec nosuch
spec Pod/quote
log otel_logs_raw.tsv#99999999
show nosuch.tsv#1
diff at=noon Deployment/quote
trace zz
suspect
unpin 3
back
metric x y z
metric nosuch_bytes
metric container_cpu
