# options: --budget 12
focus Deployment/quote
at 17:07:30
window T-5m T+2m
events
pin k8s_events_raw.tsv#383
suspect Deployment/quote confidence=0.8 reason="its new image cannot be pulled" pins=1
suspect Service/shipping confidence=0.2
ruleout Deployment/product-reviews reason="its rollout finished before the onset"
note the image tag does not exist
board
back
forward
budget
submit
