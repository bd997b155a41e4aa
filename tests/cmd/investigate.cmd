traces errors>0 limit=3
paths origin
logs level>=error service=shipping limit=4
entity Deployment/quote
events entity=otel-demo/Deployment/quote limit=8
diff Deployment/quote
spec Service/quote
patterns level>=warn limit=6
metrics service=shipping limit=6
