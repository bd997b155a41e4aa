objects by=kind limit=6
objects kind=deploy limit=3
changes direct=yes
spec Service/quote
spec Service/quote hidden=yes at=17:00:30
diff Deployment/quote
diff ReplicaSet/quote-687c974c74 against=sibling
diff Deployment/quote with=Deployment/cart limit=3
diff ConfigMap/flagd-config against=sibling
diff Deployment/quote against=cursor
at 17:01:00
diff Deployment/quote against=cursor limit=1
diff Deployment/quote against=first limit=1
