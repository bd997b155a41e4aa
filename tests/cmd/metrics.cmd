# Series brought together, in other orders, stacked, side by side, and what is none.
metrics by=workload limit=5
metrics name=container_memory_working_set_bytes by=namespace
metrics by=workload,container name=container_cpu_usage_seconds_total agg=max limit=3
metrics by=nosuchlabel
metrics order=workload limit=11
metrics order=workload fold=no limit=4
metrics order=name limit=3
metrics offset=28 limit=3
metrics fold=no offset=28 limit=3
metrics object=frontend-proxy-7* fold=no limit=2
metric "error ratio,latency p95" object=shipping
metric entity=cart limit=2
metric container_memory_working_set_bytes entity=frontend siblings=yes
metric "cpu/limit" by=namespace
metric "memory/limit" object=nosuch
metrics "memory/limit" limit=2
metrics p95 entity=shipping limit=2
group metrics "memory/limit"
onset 17:00:30
metrics limit=2
metrics order=workload limit=2
