group logs
group logs by=level order=value
group logs by=service level>=error order=change
group logs by=attr.k8s.node.name limit=2
group logs by=attr.nobody.has.it
group logs by=nope
group spans by=name error=yes limit=3
group traces by=status
group events by=reason type=warning
group alerts by=severity
group objects limit=4
group metrics by=service limit=3
group edges
group
group pods
