topology checkout
topology checkout view=list limit=5
topology view=tree hops=2
topology quote view=tree
topology ConfigMap/flagd-config view=tree
topology quote view=routes
topology view=routes
topology quote view=matrix hops=1
topology Node/worker-1 limit=3
topology Node/worker-1 view=matrix
budget
