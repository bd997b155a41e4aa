objects kind=deploy limit=3
objects kind=DEPLOYMENTS,cm limit=2
changes kind=po limit=2
changes replicas limit=2
changes kind=Secret
diff Deployment/quote
diff Deployment/quote status=yes
diff Deployment/shipping
metrics name=container_mem
traces trace=00*
metric container_memory_working_set_bytes limit=1
paths by=edge limit=4
paths by=service limit=4
traces error_logs>0 limit=2
events by=reason limit=5
events by=reason type=warning reason=BackOff
